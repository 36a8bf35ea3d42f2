//! Finds one user.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;

use super::App;
use crate::{domain::User, store::users};

/// The user of this id. A user whom the caller may not see does not exist for them.
pub(crate) async fn find_user(app: &App, reach: Reach, id: UserId) -> Result<User> {
    let mut db = app.pool.acquire().await?;
    users::find(&mut db, id, reach).await?.ok_or_else(|| Error::not_found("user"))
}
