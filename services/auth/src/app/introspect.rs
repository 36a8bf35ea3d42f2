//! Exchanges a session's token for an internal one.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;

use super::App;
use crate::{
    domain::{Session, TokenDigest},
    store::sessions,
};

/// What a live session's token was exchanged for.
#[derive(Debug)]
pub(crate) struct Introspected {
    pub(crate) session: Session,
    /// The internal token. A secret.
    pub(crate) token: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The internal token of whoever holds this token; nothing where it is unknown, expired or revoked.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn introspect(app: &App, reach: Reach, token: &str) -> Result<Option<Introspected>> {
    let everything = reach.everything()?;
    let Some(digest) = TokenDigest::of(token) else { return Ok(None) };
    let found = sessions::find_live(&mut *app.pool.acquire().await?, everything, &digest, app.clock.now()).await?;
    let Some(session) = found else { return Ok(None) };
    let (token, expires_at) = app.keys.signer().await?.sign(&session.user());
    Ok(Some(Introspected { session, token, expires_at }))
}
