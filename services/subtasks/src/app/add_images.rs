//! Images of a submitted task were announced.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, conclude::conclude};
use crate::domain::{Closed, Closing, Spec, TaskState};
use crate::store::{
    subtasks::{self, NewImage},
    tasks,
};

/// Images of a task, with what is fixed about it.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The task.
    pub task_id: TaskId,
    /// The version of the task.
    pub version: u64,
    /// What is fixed about it.
    pub spec: Spec,
    /// The images.
    pub images: Vec<NewImage>,
}

/// Creates the images that are not there yet. Of a cancelled task none is created; of one that was finished early they
/// are closed at once, undecided.
///
/// # Errors
/// Only if the database fails.
pub async fn add_images(app: &App, announced: &Announced) -> Result<()> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    run_tx(&app.pool, "add_images", |tx| Box::pin(async move { add(tx, outbox, announced, now).await })).await?;
    app.outbox.wake();
    Ok(())
}

async fn add(db: &mut PgConnection, outbox: &Outbox, announced: &Announced, now: DateTime<Utc>) -> Result<()> {
    let (task, terms) = (announced.task_id, &announced.spec.terms);
    tasks::open(db, task, announced.version, &announced.spec).await?;
    // From here to the commit the task can't be finished or cancelled: whoever does it finds these images.
    match tasks::hold_state(db, task).await? {
        Some(TaskState::Open) => {
            subtasks::insert(db, task, terms.stop().redundancy(), false, &announced.images).await?;
        }
        Some(TaskState::Finishing) => {
            let added = subtasks::insert(db, task, terms.stop().redundancy(), true, &announced.images).await?;
            let closed = |&subtask_id| Closed { subtask_id, version: 1, closing: Closing::early(None, None) };
            conclude(db, outbox, task, &added.iter().map(closed).collect::<Vec<_>>(), terms, now).await?;
        }
        Some(TaskState::Completed | TaskState::Cancelled) | None => {}
    }
    Ok(())
}
