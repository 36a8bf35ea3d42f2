//! Gives images back that may come again.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::domain::{Assignment, Lane};
use crate::store::{
    assignments, leases,
    subtasks::{self, Queue},
};

/// Gives back those of the images that the operator holds; the others are ignored, so that a repeat is harmless.
///
/// # Errors
/// Only if the database fails.
pub async fn release(app: &App, operator: Operator, images: &[SubtaskId]) -> Result<()> {
    let ids: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    let (ids, operator) = (&ids, operator.user_id());
    run_tx(&app.pool, "release", |tx| Box::pin(give_back(tx, operator, ids))).await
}

/// Takes back whatever a user holds since this moment or longer, when they may label no more. What they were handed
/// later, when they might again, stays theirs; so a repeat is harmless.
///
/// # Errors
/// Only if the database fails.
pub async fn take_back(app: &App, user: UserId, since: DateTime<Utc>) -> Result<()> {
    run_tx(&app.pool, "take_back", |tx| {
        Box::pin(async move {
            let held = leases::held_since(tx, user, since).await?;
            give_back(tx, user, &held).await
        })
    })
    .await
}

/// Gives back those of the images that a user holds.
pub(in crate::app) async fn give_back(db: &mut PgConnection, user: UserId, images: &[Uuid]) -> Result<()> {
    let locked = subtasks::lock(db, images).await?;
    let mine = assignments::of_operator(db, user, images).await?;
    for mut image in locked {
        let Some(stored) = mine.iter().find(|stored| stored.subtask_id == image.subtask_id) else { continue };
        if stored.read(&image.terms)? == Assignment::Leased {
            image.slots = image.slots.without_lease();
            assignments::give_back(db, user, image.subtask_id).await?;
            subtasks::save(db, &image, Queue::To(Lane::AGAIN)).await?;
        }
    }
    Ok(())
}
