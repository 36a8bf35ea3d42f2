//! Finding people.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Principal, Reach};
use labelmesh_pg::run_tx;
use labelmesh_seal::context;

use super::App;
use crate::{
    domain::{Beginnings, User},
    store,
};

/// How many users a page has where the caller does not say.
const PAGE: i64 = 50;
/// How many it has at most.
const LONGEST_PAGE: i64 = 200;

/// Lists a page of the users whom the filter fits, the newest first, and the token of the next page.
///
/// # Errors
///
/// NOT_ALLOWED unless the caller's permission reaches everything, PAGE_TOKEN_INVALID.
pub(crate) async fn list_users(
    app: &App,
    principal: &Principal,
    reach: Reach,
    filter: &Beginnings,
    page_size: i32,
    page_token: &str,
) -> Result<(Vec<User>, String)> {
    if reach != Reach::All {
        return Err(Error::new(Reason::NotAllowed, "users are listed for administrators alone"));
    }
    let question = context(&["ListUsers", &principal.key(), &filter.email, &filter.name, &filter.surname]);
    let before = app.pages.open(&question, page_token)?;
    let size = if page_size <= 0 { PAGE } else { i64::from(page_size).min(LONGEST_PAGE) };
    // One more than the page tells whether there is a next one.
    let listed = run_tx(&app.pool, "list_users", |tx| Box::pin(store::list(tx, filter, before, size + 1)));
    let mut users = listed.await?;
    let more = users.len() > usize::try_from(size).unwrap_or(usize::MAX);
    if more {
        users.pop();
    }
    let last = users.last().filter(|_| more);
    let next = last.map(|last| app.pages.seal(&question, &last.id.uuid())).unwrap_or_default();
    Ok((users, next))
}
