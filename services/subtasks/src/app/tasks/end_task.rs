//! The end of a task: it was finished early, completed or cancelled.

use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;

use crate::app::{App, tasks::open_task::open};
use crate::domain::{Spec, TaskState};
use crate::store::tasks;

/// Notes that a task was finished early; a worker closes what is open with the votes at hand.
///
/// # Errors
/// Only if the database fails.
pub async fn finish_early(app: &App, task: TaskId, version: u64, spec: &Spec) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "finish_early", |tx| {
        Box::pin(async move {
            open(tx, app, task, version, spec, now).await?;
            tasks::advance(tx, task, version, TaskState::Finishing).await
        })
    })
    .await?;
    app.ended.notify_one();
    Ok(())
}

/// Notes that a task was completed or cancelled. An unknown task leaves a tombstone, so that what comes later creates
/// nothing. A worker closes the images that a cancelled task leaves behind.
///
/// # Errors
/// Only if the database fails.
pub async fn end_task(app: &App, task: TaskId, version: u64, owner: UserId, state: TaskState) -> Result<()> {
    run_tx(&app.pool, "end_task", |tx| {
        Box::pin(async move {
            tasks::bury(tx, task, version, owner, state).await?;
            tasks::advance(tx, task, version, state).await
        })
    })
    .await?;
    app.ended.notify_one();
    Ok(())
}
