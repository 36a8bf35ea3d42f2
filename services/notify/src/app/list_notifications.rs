//! Lists notifications, the newest first.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_seal::{context, page_size};

use super::App;
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
pub(crate) async fn list_notifications(app: &App, reach: Reach, size: i32, token: &str) -> Result<Page> {
    let user_id = match reach {
        Reach::Own(user_id) => Some(user_id),
        Reach::All => None,
        // Nobody has signed in, and nobody has no notifications.
        Reach::Public => return Ok(Page { notifications: Vec::new(), next_page_token: String::new() }),
    };
    let whose = user_id.map_or_else(|| "all".to_owned(), |user_id| user_id.to_string());
    let question = context(&["ListNotifications", &whose]);
    let after: Option<Position> = app.pages.open(&question, token)?;
    let size = page_size(size, DEFAULT_PAGE, LARGEST_PAGE);
    let mut notifications = notifications::list(&app.pool, user_id, after, size + 1).await?;
    let next_page_token = app.pages.cut(&question, &mut notifications, size, Notification::position);
    Ok(Page { notifications, next_page_token })
}
