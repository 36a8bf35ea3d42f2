//! Sets a password, for the auth service, which has judged both the old and the new one.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{SessionId, UserId};
use labelmesh_password::Hash;
use labelmesh_pg::run_tx;

use super::App;
use crate::{events::published, store::credentials};

/// A password that takes the place of another one.
#[derive(Debug)]
pub(crate) struct NewPassword {
    pub(crate) user_id: UserId,
    pub(crate) hash: Hash,
    /// The version of the password that it takes the place of.
    pub(crate) replaces: u64,
    /// The session that goes on.
    pub(crate) kept: Option<SessionId>,
}

/// Sets a password and tells the others, so that sessions end even if whoever asked for it can't end them any more.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything; CONFLICT where the user has another password than the
/// one that was to be replaced.
pub(crate) async fn set_password(app: &App, reach: Reach, new: &NewPassword) -> Result<()> {
    let (everything, now) = (reach.everything()?, app.clock.now());
    run_tx(&app.pool, "set_password", |tx| {
        Box::pin(async move {
            if !credentials::replace(tx, everything, new.user_id, new.replaces, &new.hash, now).await? {
                return Err(Error::new(Reason::Conflict, "the password was changed by another call at this moment"));
            }
            app.outbox.enqueue(tx, &published::password_changed(new.user_id, new.replaces + 1, new.kept, now)).await?;
            // The call is auth's, for whoever knew the old password or had a link mailed.
            app.acts.note(tx, Deed::on(new.user_id).by(new.user_id)).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}
