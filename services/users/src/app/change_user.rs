//! Changes a user: what all changes have in common.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{domain::User, events::published, store::users};

/// Which user is to be changed, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whom<'a> {
    pub(super) id: UserId,
    pub(super) reach: Reach,
    /// The state for which the change was made; empty where it does not matter.
    pub(super) etag: &'a str,
}

/// Changes a user as `decide` says, and tells the others. Where nothing changes nothing is written, whatever the etag:
/// so a repeat is harmless, also of a change that was made for a state.
///
/// # Errors
/// NOT_FOUND, ETAG_MISMATCH, EMAIL_TAKEN, LAST_ADMINISTRATOR, and what `decide` refuses with.
pub(super) async fn change_user(
    app: &App,
    name: &'static str,
    whom: Whom<'_>,
    decide: impl Fn(&User) -> Result<User> + Send + Sync,
) -> Result<User> {
    let decide = &decide;
    let changed = run_tx(&app.pool, name, |tx| {
        Box::pin(async move {
            let old = users::lock(tx, whom.id, whom.reach).await?.ok_or_else(|| Error::not_found("user"))?;
            let new = decide(&old)?;
            if new == old {
                return Ok(old);
            }
            old.admit(whom.etag)?;
            save(app, tx, &old, User { version: old.version + 1, ..new }).await
        })
    });
    let user = changed.await?;
    app.outbox.wake();
    Ok(user)
}

async fn save(app: &App, db: &mut PgConnection, old: &User, new: User) -> Result<User> {
    if old.administers() && !new.administers() {
        users::lock_administrators(db).await?;
        if !users::others_administer(db, old.id).await? {
            return Err(Error::new(Reason::LastAdministrator, "nobody could administer any more"));
        }
    }
    users::update(db, &new).await?;
    app.outbox.enqueue(db, &published::updated(&new, app.clock.now())).await?;
    Ok(new)
}
