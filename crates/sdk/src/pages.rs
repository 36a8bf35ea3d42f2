//! Lists, page by page.

use futures::StreamExt as _;

use crate::{Error, lines::Answers};

/// The items of all pages, as they are asked for. `next` gets the page that a token leads to: its items, and the token
/// of the page after it, which is empty on the last.
pub(crate) fn items<T, F>(next: impl Fn(String) -> F + Send + Sync + 'static) -> Answers<T>
where
    T: Send + 'static,
    F: Future<Output = Result<(Vec<T>, String), Error>> + Send + 'static,
{
    let items = async_stream::try_stream! {
        let mut token = String::new();
        loop {
            let (items, following) = next(token).await?;
            for item in items {
                yield item;
            }
            if following.is_empty() {
                break;
            }
            token = following;
        }
    };
    items.boxed()
}
