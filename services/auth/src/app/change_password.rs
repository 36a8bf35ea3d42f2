//! Changes a password, for whoever knows the old one.

use std::collections::HashSet;

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::User;
use labelmesh_ids::{SessionId, UserId};
use labelmesh_password::{Attempt, Password};
use labelmesh_pg::run_tx;

use super::{App, api_keys::revoke_all, end_sessions::end_in};
use crate::{
    store::{
        resets,
        sessions::{self, Ending},
    },
    users::Whose,
};

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
    let (whose, kept) = (user.user_id, user.session_id);
    set_and_end(app, whose, kept, revoke, app.users.set_password(whose, kept, &hash, credential.password_version)).await
}

/// Has a password set by `set`, and ends the sessions of its user but for the one that is kept.
///
/// # Errors
/// Those of `set`; UNAVAILABLE where the database does not answer.
pub(super) async fn set_and_end(
    app: &App,
    user: UserId,
    kept: Option<SessionId>,
    revoke: bool,
    set: impl Future<Output = Result<()>>,
) -> Result<Changed> {
    let ending = |until| Ending { user, kept, until };
    // What users tells may end them before we do, and they are told of all the same.
    let now = app.clock.now();
    let open = &sessions::open(&mut *app.pool.acquire().await?, ending(now), now).await?;
    set.await?;
    let now = app.clock.now();
    let changed = run_tx(&app.pool, "password_set", |tx| {
        Box::pin(async move {
            resets::void(tx, user).await?;
            let ended: HashSet<SessionId> = end_in(app, tx, ending(now), now).await?.into_iter().collect();
            let revoked = if revoke { revoke_all(app, tx, user).await? } else { 0 };
            let ended = ended.union(&open.iter().copied().collect()).count();
            let deed = Deed::on(user).by(user).result("sessions_ended", ended).result("api_keys_revoked", revoked);
            app.acts.note(tx, deed).await?;
            Ok(Changed { ended: u32::try_from(ended).unwrap_or(u32::MAX), revoked })
        })
    })
    .await?;
    app.outbox.wake();
    Ok(changed)
}
