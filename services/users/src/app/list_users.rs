//! Lists users by how their address and names begin.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Principal, Reach};
use labelmesh_pg::run_tx;
use labelmesh_seal::{context, page_size};

use super::App;
use crate::{
    domain::{Beginnings, User},
    store::users,
};

/// How many users a page has where the caller does not say.
const PAGE: i64 = 50;
/// How many it has at most.
const LONGEST_PAGE: i64 = 200;

/// Lists a page of the users whom the filter fits, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything, PAGE_TOKEN_INVALID.
pub(crate) async fn list_users(
    app: &App,
    principal: &Principal,
    reach: Reach,
    filter: &Beginnings,
    asked: i32,
    page_token: &str,
) -> Result<(Vec<User>, String)> {
    if reach != Reach::All {
        return Err(Error::new(Reason::NotAllowed, "users are listed for administrators alone"));
    }
    let question = context(&["ListUsers", &principal.key(), &filter.email, &filter.name, &filter.surname]);
    let before = app.pages.open(&question, page_token)?;
    let size = page_size(asked, PAGE, LONGEST_PAGE);
    let listed = run_tx(&app.pool, "list_users", |tx| Box::pin(users::list(tx, filter, before, size + 1)));
    let mut users = listed.await?;
    let next = app.pages.cut(&question, &mut users, size, |last| last.id.uuid());
    Ok((users, next))
}
