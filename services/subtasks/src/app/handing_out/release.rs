//! Gives images back that may come again.

use labelmesh_errors::Result;
use labelmesh_ids::SubtaskId;
use labelmesh_pg::run_tx;
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::domain::{Assignment, Lane};
use crate::store::{
    assignments,
    subtasks::{self, Queue},
};

/// Gives back those of the images that the operator holds; the others are ignored, so that a repeat is harmless.
///
/// # Errors
/// Only if the database fails.
pub async fn release(app: &App, operator: Operator, images: &[SubtaskId]) -> Result<()> {
    let ids: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    let (ids, operator) = (&ids, operator.user_id());
    run_tx(&app.pool, "release", |tx| {
        Box::pin(async move {
            let images = subtasks::lock(tx, ids).await?;
            let mine = assignments::of_operator(tx, operator, ids).await?;
            for mut image in images {
                let Some(stored) = mine.iter().find(|stored| stored.subtask_id == image.subtask_id) else { continue };
                if stored.read(&image.terms)? == Assignment::Leased {
                    image.slots = image.slots.without_lease();
                    assignments::give_back(tx, operator, image.subtask_id, false).await?;
                    subtasks::save(tx, &image, Queue::To(Lane::AGAIN)).await?;
                }
            }
            Ok(())
        })
    })
    .await
}
