//! Looks up a credential, for the auth service.

use labelmesh_email::Email;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;

use super::App;
use crate::store::credentials::{self, Credential};

/// By what somebody is looked up.
#[derive(Debug)]
pub(crate) enum Whose {
    Email(Email),
    User(UserId),
}

/// The credential of somebody, or nothing: who is unknown is not an error.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn look_up_credential(app: &App, reach: Reach, whose: &Whose) -> Result<Option<Credential>> {
    let everything = reach.everything()?;
    let mut db = app.pool.acquire().await?;
    match whose {
        Whose::Email(email) => credentials::find_by_email(&mut db, everything, email).await,
        Whose::User(user) => credentials::find_by_user(&mut db, everything, *user).await,
    }
}
