//! Cancels a task.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

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
    let (now, outbox) = (app.clock.now(), &app.outbox);
    let step = run_tx(&app.pool, "cancel_task", |tx| {
        Box::pin(async move {
            let step = store::tasks::lock(tx, reach, id).await?.into_task().cancel(now)?;
            if let Step::Changed(task) = &step {
                store::tasks::save(tx, task).await?;
                // Nobody else has heard of a draft.
                if task.labeling().is_some() {
                    store::announcements::end(tx, task.id).await?;
                    outbox.enqueue(tx, &published::cancelled(task, now)).await?;
                }
            }
            Ok(step)
        })
    })
    .await?;
    Ok(app.after(step).await)
}
