//! Lists notifications, the newest first.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::store::notifications::{self, Notification};

/// How many notifications a page has.
const NOTIFICATIONS: PageSizes = PageSizes { default: 50, most: 200 };

/// A page of the notifications within reach, and the token of the next one.
///
/// # Errors
///
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_notifications(
    app: &App,
    reach: Reach,
    request: &PageRequest<'_>,
) -> Result<(Vec<Notification>, String)> {
    let page = app.pages.page(request, "ListNotifications", &[], NOTIFICATIONS)?;
    let mut notifications = notifications::list(&app.pool, reach, page.from, page.limit()).await?;
    let next = page.cut(&mut notifications, Notification::position);
    Ok((notifications, next))
}
