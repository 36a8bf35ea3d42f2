//! Lists notifications, the newest first.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_seal::{PageTokens, context};
use sqlx::PgPool;

use crate::store::notifications::{self, Notification, Position};

const DEFAULT_PAGE: i64 = 50;
const LARGEST_PAGE: i64 = 200;

/// A page of notifications.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) notifications: Vec<Notification>,
    /// Empty on the last page.
    pub(crate) next_page_token: String,
}

/// The notifications within reach, from a page token on. `size` 0 means 50; more than 200 means 200.
pub(crate) async fn list_notifications(
    pool: &PgPool,
    tokens: &PageTokens,
    reach: Reach,
    size: i32,
    token: &str,
) -> Result<Page> {
    let user_id = match reach {
        Reach::Own(user_id) => Some(user_id),
        Reach::All => None,
        // Nobody has signed in, and nobody has no notifications.
        Reach::Public => return Ok(Page { notifications: Vec::new(), next_page_token: String::new() }),
    };
    let whose = user_id.map_or_else(|| "all".to_owned(), |user_id| user_id.to_string());
    let question = context(&["ListNotifications", &whose]);
    let after: Option<Position> = tokens.open(&question, token)?;
    let size = page_size(size);
    // One more than asked for tells whether there is another page.
    let mut notifications = notifications::list(pool, user_id, after, size + 1).await?;
    let has_more = notifications.len() as i64 > size;
    notifications.truncate(usize::try_from(size).unwrap_or_default());
    let last = notifications.last().filter(|_| has_more);
    let next_page_token = last.map(|last| tokens.seal(&question, &last.position())).unwrap_or_default();
    Ok(Page { notifications, next_page_token })
}

fn page_size(asked: i32) -> i64 {
    match i64::from(asked) {
        ..=0 => DEFAULT_PAGE,
        size => size.min(LARGEST_PAGE),
    }
}
