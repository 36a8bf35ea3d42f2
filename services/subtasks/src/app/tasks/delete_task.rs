//! A task was deleted: everything about it is forgotten but that it was.

use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;

use crate::app::App;
use crate::store::deletions;

/// How many images one transaction removes.
const BATCH: i64 = 500;

/// Notes that a task was deleted; a worker removes what there is of it.
///
/// # Errors
/// Only if the database fails.
pub async fn delete_task(app: &App, task: TaskId, version: u64, owner: UserId) -> Result<()> {
    run_tx(&app.pool, "delete_task", |tx| Box::pin(async move { deletions::delete(tx, task, version, owner).await }))
        .await?;
    app.deleted.notify_one();
    Ok(())
}

/// Removes what is left of deleted tasks, a batch of each in turn. Replicas share the tasks.
///
/// # Errors
/// Only if the database fails.
pub async fn remove_deleted(app: &App) -> Result<()> {
    let mut last = None;
    loop {
        let removed = run_tx(&app.pool, "remove_deleted", |tx| {
            Box::pin(async move {
                let Some(task) = deletions::take(tx, last).await? else { return Ok(None) };
                if deletions::remove_images(tx, task, BATCH).await? == 0 {
                    deletions::finish(tx, task).await?;
                }
                Ok(Some(task))
            })
        });
        match removed.await? {
            Some(task) => last = Some(task),
            None => return Ok(()),
        }
    }
}
