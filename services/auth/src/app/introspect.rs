//! Exchanges a session's token or an API key for internal tokens.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::{Everything, Reach, User};
use labelmesh_proto::method::services_for_users;

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
    pub(crate) tokens: Tokens,
    /// When the internal tokens expire, or what it was exchanged for ends.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Internal tokens. Secrets.
#[derive(Debug)]
pub(crate) enum Tokens {
    /// One that is good everywhere, for a gateway of the release before.
    Common(String),
    /// One for each service, by its name.
    ByService(Vec<(&'static str, String)>),
}

/// Whom a token stands for.
struct Bearing {
    user: User,
    through: Through,
    /// When it ends by itself.
    until: DateTime<Utc>,
}

/// The internal tokens of whoever holds this token; nothing where it is unknown, expired or revoked, or where it is a
/// key that has none of its user's roles.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn introspect(app: &App, reach: Reach, token: &str, by_service: bool) -> Result<Option<Introspected>> {
    let everything = reach.everything()?;
    let bearing = match Bearer::of(token) {
        Some(Bearer::Session(digest)) => use_session(app, everything, &digest).await?,
        Some(Bearer::ApiKey(digest)) => use_key(app, everything, &digest).await?,
        None => None,
    };
    let Some(Bearing { user, through, until }) = bearing else { return Ok(None) };
    let signer = app.keys.signer().await?;
    // All at once: the gateway asks for them every half minute, and does not know yet where its client will call.
    let (tokens, expires_at) = if by_service {
        let services = services_for_users();
        let (tokens, expires_at) = signer.sign_for(&user, &services);
        (Tokens::ByService(services.into_iter().zip(tokens).collect()), expires_at)
    } else {
        let (token, expires_at) = signer.sign(&user);
        (Tokens::Common(token), expires_at)
    };
    Ok(Some(Introspected { user, through, tokens, expires_at: expires_at.min(until) }))
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
    let Some((key, holder)) = api_keys::find_good(&mut db, everything, secret, now).await? else { return Ok(None) };
    let user = key.user(&holder);
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
