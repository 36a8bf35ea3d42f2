//! Finishes a task early.

use labelmesh_acts::Deed;
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

/// Asks for an open task to be ended with the votes at hand. It is completed when all its images are reported.
///
/// # Errors
/// NOT_FOUND, TASK_NOT_OPEN, TASK_ENDED.
pub(crate) async fn finish_task(app: &App, reach: Reach, id: TaskId) -> Result<Task> {
    let (now, outbox) = (app.clock.now(), &app.outbox);
    let step = run_tx(&app.pool, "finish_task", |tx| {
        Box::pin(async move {
            let old = store::tasks::lock(tx, reach, id).await?.into_task();
            let step = old.clone().finish()?;
            if let Step::Changed(task) = &step {
                store::tasks::save(tx, task).await?;
                app.acts.note(tx, Deed::on(id).changed(&old, task)).await?;
                outbox.enqueue_about(tx, task.owner, &published::finished_early(task, now)).await?;
            }
            Ok(step)
        })
    })
    .await?;
    Ok(app.after(step).await)
}
