//! Sets the labels of images that are known beforehand.

use std::collections::HashMap;

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;

use super::App;
use crate::{domain::GoldLabels, store};

/// Sets or removes the known labels of images of a draft, all of them or none, and answers with the number of images
/// that have one now.
///
/// # Errors
/// NOT_FOUND, TASK_NOT_DRAFT, LABEL_UNKNOWN; FIELD_INVALID for an image that is not the task's, or comes twice.
pub(crate) async fn set_gold(app: &App, reach: Reach, id: TaskId, given: Vec<(ImageId, String)>) -> Result<u64> {
    let given = &given;
    run_tx(&app.pool, "set_gold", |tx| {
        Box::pin(async move {
            let task = store::tasks::lock(tx, reach, id).await?;
            task.check_draft()?;
            let gold = GoldLabels::new(given.clone(), task.draft.labels())?;
            let before = store::gold::set(tx, &task, &gold).await?;
            if let Some(error) = gold.stranger(&before) {
                return Err(error);
            }
            app.acts.note(tx, relabeled(id, &gold, &before)).await?;
            store::gold::number(tx, &task).await
        })
    })
    .await
}

/// What became of the images' known labels.
fn relabeled(id: TaskId, gold: &GoldLabels, before: &[(ImageId, Option<String>)]) -> Deed {
    let before: HashMap<_, _> = before.iter().map(|(image, label)| (image, label.as_deref())).collect();
    let deed = gold.entries().iter().fold(Deed::on(id), |deed, (image, label)| {
        let after = Some(label.as_str()).filter(|label| !label.is_empty());
        deed.field(&format!("gold label of {image}"), before.get(image).copied().flatten(), after)
    });
    deed.unless_idle()
}
