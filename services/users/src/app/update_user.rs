//! Changes what is said about a user.

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
/// NOT_FOUND, ETAG_MISMATCH, EMAIL_TAKEN, LAST_ADMINISTRATOR; NOT_ALLOWED where roles would change and the caller's
/// permission does not reach everything.
pub(crate) async fn update_user(app: &App, reach: Reach, id: UserId, etag: &str, patch: &Patch) -> Result<User> {
    let may_grant = reach == Reach::All;
    change_user(app, "update_user", Whom { id, reach, etag }, |user| user.patched(patch, may_grant)).await
}
