//! Blocks a user, or ends that.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;

use super::{
    App,
    change_user::{Whom, change_user},
};
use crate::domain::User;

/// Blocks a user, or lets them in again. The others hear of it and do their part: `auth` ends sessions, `subtasks`
/// takes leases back.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything; NOT_FOUND, ETAG_MISMATCH, LAST_ADMINISTRATOR.
pub(crate) async fn block_user(app: &App, reach: Reach, id: UserId, etag: &str, blocked: bool) -> Result<User> {
    reach.everything()?;
    let now = app.clock.now();
    change_user(app, "block_user", Whom { id, reach, etag, address: None }, |user| Ok(user.blocked(blocked, now))).await
}
