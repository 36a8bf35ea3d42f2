//! Looks up a credential, for the auth service.

use labelmesh_email::Email;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;

use super::App;
use crate::store::credentials::{self, Credential};

/// The credential of whoever has this address, or nothing: an unknown address is not an error.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn look_up_credential(app: &App, reach: Reach, email: &str) -> Result<Option<Credential>> {
    let everything = reach.everything()?;
    let mut db = app.pool.acquire().await?;
    credentials::find_by_email(&mut db, everything, &Email::spelled(email)).await
}
