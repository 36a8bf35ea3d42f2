//! Lists the open sessions of a user.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::{domain::Session, store::sessions};

/// How many sessions a page has.
const SESSIONS: PageSizes = PageSizes { default: 50, most: 200 };

/// Lists a page of a user's open sessions, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the permission does not reach the user, PAGE_TOKEN_INVALID.
pub(crate) async fn list_sessions(
    app: &App,
    reach: Reach,
    user: UserId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Session>, String)> {
    if !reach.covers(user) {
        return Err(Error::not_found("user"));
    }
    let page = app.pages.page(request, "ListSessions", &[&user.to_string()], SESSIONS)?;
    let mut db = app.pool.acquire().await?;
    let mut listed = sessions::list(&mut db, user, page.from, page.limit(), app.idle, app.clock.now()).await?;
    let next = page.cut(&mut listed, |last| last.id.uuid());
    Ok((listed, next))
}
