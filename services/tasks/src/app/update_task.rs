//! Changes a draft.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::{DraftChange, Task},
    store,
};

/// Changes what a draft says, and answers with the task as it is now.
///
/// # Errors
/// NOT_FOUND, TASK_NOT_DRAFT, FIELD_INVALID; LABEL_UNKNOWN where a gold image would bear a label that there is no more.
pub(crate) async fn update_task(app: &App, reach: Reach, id: TaskId, change: &DraftChange) -> Result<Task> {
    run_tx(&app.pool, "update_task", |tx| {
        Box::pin(async move {
            let task = store::tasks::lock(tx, reach, id).await?;
            let draft = task.draft.changed(change.clone())?;
            if draft == task.draft {
                task.check_draft()?;
                return Ok(task.into_task());
            }
            let stray = store::gold::beside(tx, &task, draft.labels()).await?;
            if stray > 0 {
                let message = format!("labels: {stray} gold images bear a label that is not among them; set it first");
                return Err(Error::new(Reason::LabelUnknown, message));
            }
            let old = task.into_task();
            let task = old.clone().redrafted(draft)?;
            store::tasks::rewrite(tx, &task).await?;
            app.acts.note(tx, Deed::on(id).about(task.owner).changed(&old, &task)).await?;
            Ok(task)
        })
    })
    .await
}
