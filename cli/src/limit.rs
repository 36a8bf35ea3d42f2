//! How much of a list is wanted, as it is typed.

use clap::builder::{RangedU64ValueParser, TypedValueParser};
use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_sdk::Answers;

use crate::{exit::Failure, output::Output};

/// The largest page of a list.
const PAGE: usize = 1000;

/// Takes numbers from 1 on: of nothing nobody wants a list.
pub(crate) fn parser() -> impl TypedValueParser<Value = usize> {
    RangedU64ValueParser::<usize>::new().range(1..)
}

/// How much of a list to ask for at once, in order to see whether it goes on behind the limit.
pub(crate) fn page(limit: usize) -> i32 {
    i32::try_from(limit.saturating_add(1).min(PAGE)).unwrap_or_default()
}

/// A list up to the limit, and one more where it goes on.
pub(crate) async fn first<T>(list: Answers<T>, limit: usize) -> Result<Vec<T>, Failure> {
    Ok(list.take(limit.saturating_add(1)).try_collect().await?)
}

/// All of a list in large pages.
pub(crate) const ALL: i32 = PAGE as i32;

/// Cuts a list off behind the limit, and says so.
pub(crate) fn cut<T>(list: &mut Vec<T>, limit: usize, output: Output) {
    if list.len() > limit {
        list.truncate(limit);
        tell(limit, output);
    }
}

/// Says that a list goes on behind the limit.
pub(crate) fn tell(limit: usize, output: Output) {
    output.note(&format!("There are more than these {limit}; --limit says how many to list."));
}
