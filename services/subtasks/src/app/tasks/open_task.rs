//! A task was submitted.

use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use crate::app::App;
use crate::domain::Spec;
use crate::store::tasks;

/// Notes a task that was submitted. If it is known, open or ended, nothing changes.
///
/// # Errors
/// Only if the database fails.
pub async fn open_task(app: &App, task: TaskId, version: u64, spec: &Spec) -> Result<()> {
    run_tx(&app.pool, "open_task", |tx| Box::pin(async move { tasks::open(tx, task, version, spec).await })).await
}
