//! Removes what a client had who was deleted.

use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use super::{App, remove_old::remove_source, turns::move_on};
use crate::{
    domain::{Kind, Line},
    store::{deletions, lines, sources},
};

/// How many rows one transaction takes.
const BATCH: i64 = 500;

/// Removes the transformations and sources of a client, and hands their jobs on. Pictures that were made stay until
/// nobody has wanted them for a while: others may have asked for the same. Again is harmless.
///
/// # Errors
/// Unavailable if the database or the store does not answer; the rest is removed when this is called again.
pub(crate) async fn forget_client(app: &App, owner: UserId) -> Result<()> {
    loop {
        let forgotten = run_tx(&app.pool, "forget_client", |tx| {
            Box::pin(async move { deletions::transformations_of(tx, owner, BATCH).await })
        });
        if forgotten.await? < BATCH.unsigned_abs() {
            break;
        }
    }
    hand_on(app, owner).await?;
    loop {
        let had = sources::of(&mut *app.pool.acquire().await?, owner, None, BATCH).await?;
        if had.is_empty() {
            return Ok(());
        }
        for stored in had {
            remove_source(app, owner, stored.source.digest, None).await?;
        }
    }
}

/// Hands on the jobs of a client whose transformations are gone: others may have asked for the same.
async fn hand_on(app: &App, owner: UserId) -> Result<()> {
    let (now, mut after) = (app.clock.now(), None);
    loop {
        let handed = run_tx(&app.pool, "hand_on_jobs", |tx| {
            Box::pin(async move {
                lines::lock(tx, &Kind::ALL.map(|kind| Line { owner, kind }).into()).await?;
                lines::hand_on(tx, owner, after, BATCH, now).await
            })
        });
        let Some((last, lines)) = handed.await? else { return Ok(()) };
        move_on(app, lines).await?;
        after = Some(last);
    }
}
