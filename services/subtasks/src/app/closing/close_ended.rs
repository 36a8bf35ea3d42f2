//! Closes the images that remain when a task was finished early or cancelled.

use std::collections::HashMap;

use labelmesh_consensus::Vote;
use labelmesh_errors::Result;
use labelmesh_ids::SubtaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, closing::close::close, snapshots::Versioned};
use crate::domain::{Closed, Closing, TaskState, Terms};
use crate::store::{
    closing,
    tasks::{self, Ended},
    votes,
};

/// How many images one transaction closes.
const BATCH: i64 = 500;
/// How many tasks one run attends to.
const TASKS: i64 = 16;

/// Closes the open images of ended tasks, and says how many. Replicas share the work. Images that a vote has locked at
/// the moment are left to the next run.
///
/// # Errors
/// Only if the database fails.
pub async fn close_ended(app: &App) -> Result<usize> {
    let mut connection = app.pool.acquire().await?;
    let ended = tasks::closing(&mut connection, TASKS).await?;
    drop(connection);
    let mut total = 0;
    for ended in &ended {
        let task = ended.task_id;
        let snapshot = app.snapshots.refresh(&app.pool, task, ended.snapshot).await?;
        loop {
            let closed = close_batch(app, ended, snapshot.as_ref()).await?;
            total += closed;
            if closed == 0 {
                break;
            }
            app.outbox.wake();
        }
        run_tx(&app.pool, "closed", |tx| Box::pin(async move { tasks::closed(tx, task).await })).await?;
    }
    if total > 0 {
        tracing::info!(subtask.count = total, "closed the images of ended tasks");
    }
    Ok(total)
}

async fn close_batch(app: &App, ended: &Ended, snapshot: Option<&Versioned>) -> Result<usize> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    run_tx(&app.pool, "close_batch", |tx| {
        Box::pin(async move {
            let task = ended.task_id;
            let images = closing::lock_open(tx, task, BATCH).await?;
            let ids: Vec<Uuid> = images.iter().map(|(image, _)| image.uuid()).collect();
            match (ended.state, &ended.terms) {
                // A tombstone has no images.
                (_, None) => {}
                (TaskState::Cancelled, Some(_)) => closing::abandon(tx, &ids).await?,
                (_, Some(terms)) => {
                    let closed = decide(tx, &images, &ids, terms, snapshot).await?;
                    closing::mark_closed(tx, &ids).await?;
                    close(tx, outbox, task, &closed, terms, now).await?;
                }
            }
            Ok(images.len())
        })
    })
    .await
}

/// Decides locked images with the votes at hand.
async fn decide(
    db: &mut PgConnection,
    images: &[(SubtaskId, u64)],
    ids: &[Uuid],
    terms: &Terms,
    snapshot: Option<&Versioned>,
) -> Result<Vec<Closed>> {
    let mut votes_of = HashMap::<SubtaskId, Vec<Vote>>::new();
    for (image, vote) in votes::counted(db, ids, terms).await? {
        votes_of.entry(image).or_default().push(vote);
    }
    let closed = images.iter().map(|&(subtask_id, version)| {
        let votes = votes_of.get(&subtask_id).map(Vec::as_slice).unwrap_or_default();
        let decision = terms.stop().decide(votes, snapshot.and_then(|known| known.snapshot.as_deref()));
        let known = snapshot.map(|known| known.version);
        Closed { subtask_id, version: version + 1, closing: Closing::early(decision, known) }
    });
    Ok(closed.collect())
}
