//! Looks up a credential, for the auth service.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;

use super::App;
use crate::{
    domain::Email,
    store::credentials::{self, Credential},
};

/// The credential of whoever has this address, or nothing: an unknown address is not an error.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn look_up_credential(app: &App, reach: Reach, email: &str) -> Result<Option<Credential>> {
    let everything = reach.everything()?;
    let mut db = app.pool.acquire().await?;
    // A text that can't be an address belongs to nobody.
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    credentials::find_by_email(&mut db, everything, &email).await
}
