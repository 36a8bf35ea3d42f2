//! Closes what tasks leave behind that were finished early or cancelled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use labelmesh_consensus::Vote;
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{App, conclude::conclude};
use crate::domain::{Closed, Closing, TaskState, Terms};
use crate::store::{closing, tasks, votes};

/// How many images one transaction closes.
const BATCH: i64 = 500;
/// How many tasks one run attends to.
const TASKS: i64 = 16;

/// Closes the open images of ended tasks, and says how many. Replicas share the work; images that are locked by a vote
/// at the moment are left to the next run.
///
/// # Errors
/// Only if the database fails.
pub async fn close_ended(app: &App) -> Result<usize> {
    let mut connection = app.pool.acquire().await?;
    let ended = tasks::closing(&mut connection, TASKS).await?;
    drop(connection);
    let mut total = 0;
    for (task, state, terms) in &ended {
        let task = *task;
        loop {
            let closed = close_batch(app, task, *state, terms.as_ref()).await?;
            total += closed;
            if closed == 0 {
                break;
            }
            app.outbox.wake();
        }
        run_tx(&app.pool, "closed", |tx| Box::pin(async move { tasks::closed(tx, task).await })).await?;
    }
    Ok(total)
}

async fn close_batch(app: &App, task: TaskId, state: TaskState, terms: Option<&Terms>) -> Result<usize> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    run_tx(&app.pool, "close_batch", |tx| {
        Box::pin(async move {
            let images = closing::lock_open(tx, task, BATCH).await?;
            let ids: Vec<Uuid> = images.iter().map(|(image, _)| image.uuid()).collect();
            match (state, terms) {
                // A tombstone has no images.
                (_, None) => {}
                (TaskState::Cancelled, Some(_)) => closing::abandon(tx, &ids).await?,
                (_, Some(terms)) => finish(tx, outbox, task, &images, &ids, terms, now).await?,
            }
            Ok(images.len())
        })
    })
    .await
}

/// Decides locked images with the votes at hand.
async fn finish(
    db: &mut PgConnection,
    outbox: &Outbox,
    task: TaskId,
    images: &[(SubtaskId, u64)],
    ids: &[Uuid],
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut votes_of = HashMap::<SubtaskId, Vec<Vote>>::new();
    for (image, vote) in votes::counted(db, ids, terms).await? {
        votes_of.entry(image).or_default().push(vote);
    }
    let closed: Vec<Closed> = images
        .iter()
        .map(|&(subtask_id, version)| {
            let votes = votes_of.get(&subtask_id).map(Vec::as_slice).unwrap_or_default();
            Closed { subtask_id, version: version + 1, closing: Closing::early(terms.stop().decide(votes, None), None) }
        })
        .collect();
    closing::close(db, ids).await?;
    conclude(db, outbox, task, &closed, terms, now).await
}
