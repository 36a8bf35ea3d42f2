//! A task was submitted.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, tasks::audience};
use crate::domain::Spec;
use crate::store::{audiences, tasks};

/// Notes a task that was submitted. If it is known, open or ended, nothing changes but whom it is open to.
///
/// # Errors
/// Only if the database fails.
pub async fn open_task(app: &App, task: TaskId, version: u64, spec: &Spec) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "open_task", |tx| Box::pin(open(tx, app, task, version, spec, now))).await
}

/// Notes a task with whom it is open to, as far as either is news.
pub(in crate::app) async fn open(
    db: &mut PgConnection,
    app: &App,
    task: TaskId,
    version: u64,
    spec: &Spec,
    now: DateTime<Utc>,
) -> Result<()> {
    let opened = tasks::open(db, task, version, spec, app.names.first()).await?;
    let news = match &spec.audience {
        Some(audience) => audience::note(db, task, audience, now).await?,
        None => false,
    };
    // It may have been told before the task.
    if opened && !news {
        audiences::apply(db, task).await?;
    }
    Ok(())
}
