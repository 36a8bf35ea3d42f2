//! How much of a list is wanted, as it is typed.

use clap::builder::{RangedU64ValueParser, TypedValueParser};

use crate::output::Output;

/// Takes numbers from 1 on: of nothing nobody wants a list.
pub(crate) fn parser() -> impl TypedValueParser<Value = usize> {
    RangedU64ValueParser::<usize>::new().range(1..)
}

/// How much to ask for in order to see whether a list goes on behind the limit.
pub(crate) fn and_one(limit: usize) -> usize {
    limit.saturating_add(1)
}

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
