//! Counts the images that can't get their votes.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{
    App,
    apply_decisions::{check_known, lock_open},
};
use crate::{
    domain::{Progress, Step, Task},
    events::published,
    store,
};

/// Remembers that images starve, and tells of the first of a task. An image that is decided, before or after, does not.
///
/// # Errors
/// NOT_FOUND where there is no such image.
pub(crate) async fn apply_starved(app: &App, images: &[(TaskId, ImageId)]) -> Result<()> {
    let now = app.clock.now();
    let changed = run_tx(&app.pool, "apply_starved", |tx| Box::pin(apply(app, tx, images, now))).await?;
    app.outbox.wake();
    for task in &changed {
        app.changed(task).await;
    }
    Ok(())
}

async fn apply(
    app: &App,
    tx: &mut PgConnection,
    images: &[(TaskId, ImageId)],
    now: DateTime<Utc>,
) -> Result<Vec<Task>> {
    check_known(tx, images).await?;
    let tasks = lock_open(tx, images).await?;
    let kept: Vec<_> = images.iter().copied().filter(|(task_id, _)| tasks.contains_key(task_id)).collect();
    let new = store::decisions::insert_starved(tx, &kept).await?;
    let mut changed = Vec::new();
    for (task_id, task) in tasks {
        let gain = new.iter().filter(|id| **id == task_id).count() as u64;
        let before = task.progress();
        let progress = Progress { starved: before.starved + gain, ..before };
        if let Step::Changed(task) = task.advance(progress, now) {
            store::tasks::save(tx, &task).await?;
            if before.starved == 0 {
                app.outbox.enqueue_about(tx, task.owner, &published::starved(&task, now)).await?;
            }
            changed.push(task);
        }
    }
    Ok(changed)
}
