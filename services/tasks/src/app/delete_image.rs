//! Removes an image from a draft.

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;

use super::App;
use crate::store;

/// Removes an image from a draft, if it is there. Its bytes wait from now on to be removed, if no other image has them.
///
/// # Errors
/// NOT_FOUND for the task; TASK_NOT_DRAFT.
pub(crate) async fn delete_image(app: &App, reach: Reach, id: TaskId, image: ImageId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "delete_image", |tx| {
        Box::pin(async move {
            let task = store::tasks::lock(tx, reach, id).await?;
            task.check_draft()?;
            if store::images::remove(tx, &task, image, now).await? {
                app.acts.note(tx, Deed::on(id).field("image", Some(&image.to_string()), None)).await?;
            }
            Ok(())
        })
    })
    .await
}
