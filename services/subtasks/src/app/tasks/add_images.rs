//! Images of a submitted task were announced.

use chrono::{DateTime, Utc};
use labelmesh_clock::Random;
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, closing::close::close, tasks::open_task::open};
use crate::domain::{Closed, Closing, Spec, TaskState};
use crate::store::{
    gold::{self, NewGold},
    subtasks::{self, NewImage},
    tasks,
};

/// Announced images of a task, with what is fixed about the task.
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

/// Creates the images that are not there yet. Gold images, whose label is known, are decided at once. None is created
/// for a cancelled task. For a task that was finished early they are closed at once, undecided.
///
/// # Errors
/// Only if the database fails.
pub async fn add_images(app: &App, announced: &Announced) -> Result<()> {
    let now = app.clock.now();
    let (outbox, random) = (&app.outbox, &app.random);
    let (gold, others): (Vec<_>, Vec<_>) = announced.images.iter().cloned().partition(|image| image.gold.is_some());
    let (gold, others) = (&gold, &others);
    run_tx(&app.pool, "add_images", |tx| {
        Box::pin(async move {
            let Some(state) = hold(tx, app, announced, !gold.is_empty(), now).await? else { return Ok(()) };
            let closed = add_gold(tx, random, announced, gold).await?;
            close_some(tx, outbox, announced, &closed, now).await?;
            let closed = add(tx, announced, others, state).await?;
            close_some(tx, outbox, announced, &closed, now).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Notes the task and holds its state, where images of it are to be created. From here to the commit the task can't be
/// finished or cancelled: whoever does it finds these images.
async fn hold(
    db: &mut PgConnection,
    app: &App,
    announced: &Announced,
    has_gold: bool,
    now: DateTime<Utc>,
) -> Result<Option<TaskState>> {
    let (task, spec) = (announced.task_id, &announced.spec);
    open(db, app, task, announced.version, spec, now).await?;
    if has_gold {
        tasks::has_gold(db, task, spec.gold.share).await?;
    }
    let state = tasks::hold_state(db, task).await?;
    Ok(state.filter(|state| matches!(state, TaskState::Open | TaskState::Finishing)))
}

/// Creates images that wait for votes, and answers with those that are closed at once.
async fn add(
    db: &mut PgConnection,
    announced: &Announced,
    images: &[NewImage],
    state: TaskState,
) -> Result<Vec<Closed>> {
    let at_once = state == TaskState::Finishing;
    let redundancy = announced.spec.terms.stop().redundancy();
    let added = subtasks::insert(db, announced.task_id, redundancy, at_once, images).await?;
    let closed = |subtask_id| Closed { subtask_id, version: 1, closing: Closing::early(None, None) };
    Ok(if at_once { added.into_iter().map(closed).collect() } else { Vec::new() })
}

/// Creates gold images, each at a place of its ring by chance, and answers with their decisions.
async fn add_gold(
    db: &mut PgConnection,
    random: &Random,
    announced: &Announced,
    images: &[NewImage],
) -> Result<Vec<Closed>> {
    let gold = images.iter().filter_map(|image| {
        let (label, ring) = image.gold.clone()?;
        Some(NewGold {
            subtask_id: image.subtask_id,
            blob_key: image.blob_key.clone(),
            media_type: image.media_type.clone(),
            label,
            position: ring.place(i64::from_le_bytes(random.bytes())),
        })
    });
    let gold: Vec<_> = gold.collect();
    let added = gold::insert(db, announced.task_id, &gold).await?;
    let known = gold.iter().filter(|image| added.contains(&image.subtask_id));
    let closed = known.filter_map(|image| {
        let label = announced.spec.terms.label(&image.label)?;
        Some(Closed { subtask_id: image.subtask_id, version: 1, closing: Closing::gold(label) })
    });
    Ok(closed.collect())
}

async fn close_some(
    db: &mut PgConnection,
    outbox: &Outbox,
    announced: &Announced,
    closed: &[Closed],
    now: DateTime<Utc>,
) -> Result<()> {
    if closed.is_empty() {
        return Ok(());
    }
    close(db, outbox, announced.task_id, closed, &announced.spec.terms, now).await
}
