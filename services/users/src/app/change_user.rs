//! Changes a user: what all changes have in common.

use std::net::IpAddr;

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, confirmations};
use crate::{
    domain::User,
    events::published,
    store::{self, users},
};

/// Which user is to be changed, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whom<'a> {
    pub(super) id: UserId,
    pub(super) reach: Reach,
    /// The state for which the change was made; empty where it does not matter.
    pub(super) etag: &'a str,
    /// From where it is changed, where mails count for that.
    pub(super) address: Option<IpAddr>,
}

/// Changes a user as `decide` says, and tells the others. Where nothing changes nothing is written, whatever the etag:
/// so a repeat is harmless, also of a change that was made for a state.
///
/// # Errors
/// NOT_FOUND, ETAG_MISMATCH, EMAIL_TAKEN, LAST_ADMINISTRATOR, RATE_LIMITED, and what `decide` refuses with.
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
            save(app, tx, &old, User { version: old.version + 1, ..new }, whom.address).await
        })
    });
    let user = changed.await?;
    app.outbox.wake();
    app.mailing.notify_one();
    Ok(user)
}

/// Says that somebody else administers, which stays so until the transaction ends.
///
/// # Errors
/// LAST_ADMINISTRATOR.
pub(super) async fn leave_an_administrator(db: &mut PgConnection, without: UserId) -> Result<()> {
    users::lock_administrators(db).await?;
    if users::others_administer(db, without).await? {
        return Ok(());
    }
    Err(Error::new(Reason::LastAdministrator, "nobody could administer any more"))
}

async fn save(app: &App, db: &mut PgConnection, old: &User, new: User, address: Option<IpAddr>) -> Result<User> {
    if old.administers() && !new.administers() {
        leave_an_administrator(db, old.id).await?;
    }
    users::update(db, &new).await?;
    if new.to_confirm() != old.to_confirm() {
        match new.to_confirm() {
            Some(email) => {
                if new.pending.is_some() && users::is_taken(db, email).await? {
                    return Err(users::email_taken());
                }
                let told = new.pending.is_some().then_some(&new.profile.email);
                confirmations::ask(app, db, &new, told, address).await?;
            }
            None => store::confirmations::void(db, new.id).await?,
        }
    }
    app.outbox.enqueue(db, &published::updated(&new, app.clock.now())).await?;
    app.acts.note(db, Deed::on(new.id).about(new.id).changed(old, &new)).await?;
    Ok(new)
}
