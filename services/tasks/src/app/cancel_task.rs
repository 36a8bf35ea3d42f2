//! Cancels a task.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Step, Task},
    events::published,
    store,
};

/// Cancels a draft or an open task.
///
/// # Errors
/// NOT_FOUND, TASK_ENDED.
pub(crate) async fn cancel_task(app: &App, reach: Reach, id: TaskId) -> Result<Task> {
    let now = app.clock.now();
    let cancelled = run_tx(&app.pool, "cancel_task", |tx| Box::pin(cancel_in(app, tx, reach, id, now)));
    Ok(app.after(cancelled.await?).await)
}

/// The same in the caller's transaction.
pub(super) async fn cancel_in(
    app: &App,
    tx: &mut PgConnection,
    reach: Reach,
    id: TaskId,
    now: DateTime<Utc>,
) -> Result<Step> {
    let old = store::tasks::lock(tx, reach, id).await?.into_task();
    let step = old.clone().cancel(now)?;
    if let Step::Changed(task) = &step {
        store::tasks::save(tx, task).await?;
        app.acts.note(tx, Deed::on(id).changed(&old, task)).await?;
        // Nobody else has heard of a draft.
        if task.labeling().is_some() {
            store::announcements::end(tx, task.id).await?;
            app.outbox.enqueue(tx, &published::cancelled(task, now)).await?;
        }
    }
    Ok(step)
}
