//! Deletes a task.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::{Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    events::published,
    store::{self, tasks::OwnTask},
};

/// How many images one transaction removes.
const BATCH: i64 = 500;
/// How long it is known that a task was deleted. Longer than events are kept, which may be about it.
pub(super) const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// Deletes a task that is not open. What it costs does not depend on the number of images: a worker removes them. Again
/// is harmless.
///
/// # Errors
/// NOT_FOUND, TASK_OPEN.
pub(crate) async fn delete_task(app: &App, reach: Reach, id: TaskId) -> Result<()> {
    let now = app.clock.now();
    let deleted = run_tx(&app.pool, "delete_task", |tx| Box::pin(delete_in(app, tx, reach, id, now))).await?;
    after_deletion(app, id, deleted).await;
    Ok(())
}

/// The same in the caller's transaction; answers with the task's last version, unless it was deleted before.
pub(super) async fn delete_in(
    app: &App,
    tx: &mut PgConnection,
    reach: Reach,
    id: TaskId,
    now: DateTime<Utc>,
) -> Result<Option<u64>> {
    let Some(task) = lock(tx, reach, id).await? else { return Ok(None) };
    task.check_deletable()?;
    let version = store::deletions::mark(tx, &task, now).await?;
    app.acts.note(tx, Deed::on(id)).await?;
    // Nobody else has heard of a task that was never submitted.
    if task.labeling().is_some() {
        app.outbox.enqueue(tx, &published::deleted(&task, version, now)).await?;
    }
    Ok(Some(version))
}

/// A deletion is committed: tells of it, and has the rest removed.
pub(super) async fn after_deletion(app: &App, id: TaskId, deleted: Option<u64>) {
    let Some(version) = deleted else { return };
    app.outbox.wake();
    app.bus.hint(&super::progress_hint(id), version.to_string()).await;
    app.removing.notify_one();
}

/// The task under lock; none where it was deleted before.
async fn lock(tx: &mut PgConnection, reach: Reach, id: TaskId) -> Result<Option<OwnTask>> {
    match store::tasks::lock(tx, reach, id).await {
        Err(error) if error.reason() == Reason::NotFound && store::deletions::is_deleted(tx, reach, id).await? => {
            Ok(None)
        }
        found => found.map(Some),
    }
}

/// Removes what is left of deleted tasks, a batch of each in turn, and forgets those that were deleted long ago. The
/// replicas share the tasks.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn remove_deleted(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut last = None;
    loop {
        let removed = run_tx(&app.pool, "remove_deleted", |tx| {
            Box::pin(async move {
                let Some(task) = store::deletions::take(tx, last).await? else { return Ok(None) };
                if store::deletions::remove_images(tx, &task, now, BATCH).await? == 0 {
                    store::deletions::finish(tx, &task).await?;
                }
                Ok(Some(task.id()))
            })
        });
        match removed.await? {
            Some(task) => last = Some(task),
            None => break,
        }
    }
    store::deletions::forget(&mut *app.pool.acquire().await?, now - REMEMBERED, BATCH).await
}
