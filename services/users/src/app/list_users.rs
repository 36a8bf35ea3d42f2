//! Lists users by how their address and names begin.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::{
    domain::{Beginnings, User},
    store::users,
};

/// How many users a page has.
const USERS: PageSizes = PageSizes { default: 50, most: 200 };

/// Lists a page of the users whom the filter fits, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything, PAGE_TOKEN_INVALID.
pub(crate) async fn list_users(
    app: &App,
    reach: Reach,
    filter: &Beginnings,
    request: &PageRequest<'_>,
) -> Result<(Vec<User>, String)> {
    let everything = reach.everything()?;
    let page = app.pages.page(request, "ListUsers", &[&filter.email, &filter.name, &filter.surname], USERS)?;
    let (before, limit) = (page.from, page.limit());
    let listed = run_tx(&app.pool, "list_users", |tx| Box::pin(users::list(tx, everything, filter, before, limit)));
    let mut users = listed.await?;
    let next = page.cut(&mut users, |last| last.id.uuid());
    Ok((users, next))
}
