//! Deletes a user.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_events::Bus;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, change_user::leave_an_administrator, groups::tell};
use crate::{
    events::published,
    store::{
        deletions::{self, Left},
        groups, users,
    },
};

/// Deletes a user, and tells the others, who do their part. What it costs does not depend on how many groups the user
/// has or is in: a worker ends those. Again is harmless.
///
/// # Errors
/// NOT_FOUND, ETAG_MISMATCH, LAST_ADMINISTRATOR.
pub(crate) async fn delete_user(app: &App, reach: Reach, id: UserId, etag: &str) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "delete_user", |tx| {
        Box::pin(async move {
            // Strangers must not be able to make others wait.
            if !reach.covers(id) {
                return Err(Error::not_found("user"));
            }
            deletions::lock(tx, id).await?;
            match users::lock(tx, id, reach).await? {
                Some(user) => {
                    user.admit(etag)?;
                    if user.administers() {
                        leave_an_administrator(tx, id).await?;
                    }
                    let version = user.version + 1;
                    deletions::delete(tx, &user, version, now).await?;
                    app.outbox.enqueue(tx, &published::deleted(id, version, now)).await?;
                    app.acts.note(tx, Deed::on(id)).await
                }
                None if deletions::is_deleted(tx, id, reach).await? => Ok(()),
                None => Err(Error::not_found("user")),
            }
        })
    })
    .await?;
    app.outbox.wake();
    app.removing.notify_one();
    Ok(())
}

/// Ends the groups and the memberships of deleted users, one of each user in turn, and tells of each; then takes back
/// what others may still be told that they have written. The replicas share the users.
///
/// # Errors
/// Unavailable if the database or the broker does not answer.
pub(crate) async fn remove_deleted(app: &App, bus: &Bus) -> Result<()> {
    let mut last = None;
    loop {
        let now = app.clock.now();
        let removed = run_tx(&app.pool, "remove_deleted", |tx| {
            Box::pin(async move {
                let Some(user) = deletions::take(tx, last).await? else { return Ok(None) };
                let left = deletions::left(tx, user).await?;
                if let Some(left) = left {
                    end(app, tx, user, left, now).await?;
                }
                Ok(Some((user, left)))
            })
        });
        let Some((user, left)) = removed.await? else { return Ok(()) };
        app.outbox.wake();
        if left.is_none() {
            app.outbox.forget(&app.pool, bus, user).await?;
            run_tx(&app.pool, "finish_deleted", |tx| Box::pin(deletions::finish(tx, user))).await?;
        }
        last = Some(user);
    }
}

async fn end(app: &App, db: &mut PgConnection, user: UserId, left: Left, now: DateTime<Utc>) -> Result<()> {
    let ended = match left {
        Left::Group(id) => {
            let group = groups::lock(db, Reach::Own(user), id).await?;
            groups::delete(db, &group, now).await?
        }
        Left::Membership(id) => {
            let group = groups::lock(db, Reach::All, id).await?;
            groups::end(db, &group, user, false, now).await?.into_iter().collect()
        }
    };
    tell(app, db, &ended, now).await
}
