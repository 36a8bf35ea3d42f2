//! Changes a password, for whoever knows the old one.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::User;
use labelmesh_password::{Attempt, Password};
use labelmesh_pg::run_tx;

use super::{App, api_keys::revoke_all, end_sessions::end_in};
use crate::{store::sessions::Ending, users::Whose};

/// What has ended by a change of the password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed {
    /// How many sessions.
    pub(crate) ended: u32,
    /// How many API keys.
    pub(crate) revoked: u32,
}

/// Changes the password of who calls, and ends their other sessions; their API keys too where `revoke` says so.
///
/// Users tells of it as well: should this call break off after the password was set, the sessions end by that. The keys
/// stay then, and whoever did not get an answer has not been told otherwise.
///
/// # Errors
/// PASSWORD_WRONG; OVERLOADED where too many passwords wait to be checked; UNAVAILABLE; CONFLICT where the password is
/// being changed by another call.
pub(crate) async fn change_password(
    app: &App,
    user: &User,
    old: Attempt,
    new: Password,
    revoke: bool,
) -> Result<Changed> {
    let (checking, hashing) = (app.hasher.reserve()?, app.hasher.reserve()?);
    let credential = app.users.credential(&Whose::User(user.user_id)).await?.ok_or_else(|| Error::not_found("user"))?;
    if !checking.verify(old, Some(credential.hash)).await? {
        return Err(Error::new(Reason::PasswordWrong, "the old password is another one"));
    }
    let hash = hashing.hash(new).await?;
    app.users.set_password(user, &hash, credential.password_version).await?;
    let (whose, now) = (user.user_id, app.clock.now());
    let ending = Ending { user: whose, kept: user.session_id, until: now };
    let changed = run_tx(&app.pool, "change_password", |tx| {
        Box::pin(async move {
            let ended = end_in(app, tx, ending, now).await?;
            let revoked = if revoke { revoke_all(app, tx, whose).await? } else { 0 };
            Ok(Changed { ended, revoked })
        })
    })
    .await?;
    app.outbox.wake();
    Ok(changed)
}
