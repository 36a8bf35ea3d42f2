//! Changes what is said about a user.

use std::net::IpAddr;

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;

use super::{
    App,
    change_user::{Whom, change_user},
};
use crate::domain::{Patch, User};

/// Changes a user's address, names or roles.
///
/// # Errors
/// NOT_FOUND, ETAG_MISMATCH, EMAIL_TAKEN, LAST_ADMINISTRATOR, RATE_LIMITED; NOT_ALLOWED where roles would change and
/// the caller's permission does not reach everything.
pub(crate) async fn update_user(
    app: &App,
    reach: Reach,
    id: UserId,
    etag: &str,
    address: Option<IpAddr>,
    patch: &Patch,
) -> Result<User> {
    let may_grant = reach == Reach::All;
    change_user(app, "update_user", Whom { id, reach, etag, address: address.filter(|_| !may_grant) }, |user| {
        user.patched(patch, may_grant, app.confirms)
    })
    .await
}
