//! Submits a task.

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::{Quota, Step, Task},
    events::published,
    store,
};

/// Opens a draft for labeling. What it costs does not depend on the number of images: a worker announces them.
///
/// # Errors
/// NOT_FOUND, TASK_WITHOUT_IMAGES, TASK_ENDED, QUOTA_USED_UP; FIELD_INVALID where there are fewer gold images than an
/// operator must have answered well.
pub(crate) async fn submit_task(app: &App, reach: Reach, id: TaskId) -> Result<Task> {
    let (now, outbox, seed) = (app.clock.now(), &app.outbox, app.random.bytes());
    let limit = app.quotas.open_tasks;
    let step = run_tx(&app.pool, "submit_task", |tx| {
        Box::pin(async move {
            let task = store::tasks::lock(tx, reach, id).await?;
            let gold = store::gold::number(tx, &task).await?;
            let qualifying = task.draft.policy().gold().qualifying(gold);
            let step = task.clone().into_task().submit(gold, now)?;
            if let Step::Changed(opened) = &step {
                store::usage::lock_tasks(tx, opened.owner).await?;
                Quota::OpenTasks.check(limit, store::usage::of(tx, opened.owner).await?.open_tasks, 1)?;
                if qualifying > 0 {
                    store::gold::draw(tx, &task, qualifying, seed).await?;
                }
                store::tasks::save(tx, opened).await?;
                app.acts.note(tx, Deed::on(id).changed(&task.into_task(), opened)).await?;
                store::announcements::begin(tx, opened.id).await?;
                outbox.enqueue_about(tx, opened.owner, &published::opened(opened, now)).await?;
            }
            Ok(step)
        })
    })
    .await?;
    let task = app.after(step).await;
    app.announcing.notify_one();
    Ok(task)
}
