//! Exchanges a session's token for an internal one.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::{Everything, Reach};

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
    let Some(session) = use_session(app, everything, &digest).await? else { return Ok(None) };
    let (token, expires_at) = app.keys.signer().await?.sign(&session.user());
    Ok(Some(Introspected { session, token, expires_at }))
}

/// The live session of this token, which is being used.
async fn use_session(app: &App, everything: Everything, token: &TokenDigest) -> Result<Option<Session>> {
    let now = app.clock.now();
    let mut db = app.pool.acquire().await?;
    let found = sessions::find_live(&mut db, everything, token, app.idle, now).await?;
    if let Some(session) = found.as_ref().filter(|session| session.is_used_anew(now))
        && let Err(error) = sessions::touch(&mut db, session.id, now).await
    {
        // Whoever holds the token is let in, though it may seem unused for a while.
        tracing::warn!(error = %error, "could not write that a session is used");
    }
    Ok(found)
}
