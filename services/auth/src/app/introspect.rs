//! Exchanges a session's token or an API key for an internal token.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::{Everything, Reach, User};

use super::App;
use crate::{
    domain::{Bearer, Through, TokenDigest},
    store::{api_keys, sessions},
};

/// What a token was exchanged for.
#[derive(Debug)]
pub(crate) struct Introspected {
    pub(crate) user: User,
    pub(crate) through: Through,
    /// The internal token. A secret.
    pub(crate) token: String,
    /// When the internal token expires, or what it was exchanged for ends.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Whom a token stands for.
struct Bearing {
    user: User,
    through: Through,
    /// When it ends by itself.
    until: DateTime<Utc>,
}

/// The internal token of whoever holds this token; nothing where it is unknown, expired or revoked, or where it is a
/// key that has none of its user's roles.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn introspect(app: &App, reach: Reach, token: &str) -> Result<Option<Introspected>> {
    let everything = reach.everything()?;
    let bearing = match Bearer::of(token) {
        Some(Bearer::Session(digest)) => use_session(app, everything, &digest).await?,
        Some(Bearer::ApiKey(digest)) => use_key(app, everything, &digest).await?,
        None => None,
    };
    let Some(Bearing { user, through, until }) = bearing else { return Ok(None) };
    let (token, expires_at) = app.keys.signer().await?.sign(&user);
    Ok(Some(Introspected { user, through, token, expires_at: expires_at.min(until) }))
}

/// The live session of this token, which is being used.
async fn use_session(app: &App, everything: Everything, token: &TokenDigest) -> Result<Option<Bearing>> {
    let now = app.clock.now();
    let mut db = app.pool.acquire().await?;
    let Some(session) = sessions::find_live(&mut db, everything, token, app.idle, now).await? else { return Ok(None) };
    if session.is_used_anew(now) {
        let_in_anyway(sessions::touch(&mut db, session.id, now).await);
    }
    Ok(Some(Bearing { user: session.user(), through: Through::Session(session.id), until: session.expires_at }))
}

/// The good key of this secret, which is being used.
async fn use_key(app: &App, everything: Everything, secret: &TokenDigest) -> Result<Option<Bearing>> {
    let now = app.clock.now();
    let mut db = app.pool.acquire().await?;
    let Some((key, roles_now)) = api_keys::find_good(&mut db, everything, secret, now).await? else { return Ok(None) };
    let user = key.user(&roles_now);
    if user.roles.is_empty() {
        return Ok(None);
    }
    if key.is_used_anew(now) {
        let_in_anyway(api_keys::touch(&mut db, key.id, now).await);
    }
    Ok(Some(Bearing { user, through: Through::ApiKey(key.id), until: key.expires_at }))
}

/// Whoever holds a token is let in, though it may seem unused for a while.
fn let_in_anyway(written: Result<()>) {
    if let Err(error) = written {
        tracing::warn!(error = %error, "could not write that a token is used");
    }
}
