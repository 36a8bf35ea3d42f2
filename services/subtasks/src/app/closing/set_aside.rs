//! Sets aside the votes of who was excluded from a task.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{
    App,
    closing::{close::close, decide::decide},
    snapshots::Versioned,
};
use crate::domain::{Assignment, Lane, TaskState};
use crate::store::{
    assignments, exclusions,
    subtasks::{self, Locked, Queue},
    tasks, votes,
};

/// How many images one transaction attends to.
const BATCH: usize = 200;
/// How many operators one run attends to.
const OPERATORS: i64 = 16;

/// Sets aside the votes of operators who were excluded, and says how many. Images that are open ask for others in their
/// place, or are decided by those that are left. Replicas may work on the same: what is done is not done twice.
///
/// # Errors
/// Only if the database fails. One operator's failure holds up no other.
pub async fn set_aside_due(app: &App) -> Result<usize> {
    let due = exclusions::unfinished(&mut *app.pool.acquire().await?, OPERATORS).await?;
    let (mut total, mut failure) = (0, None);
    for (task, operator) in due {
        match set_aside(app, task, operator).await {
            Ok(votes) => total += votes,
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(total), Err)
}

async fn set_aside(app: &App, task: TaskId, operator: UserId) -> Result<usize> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, Reach::All, task).await?;
    // Nothing was handed to the operator since, so there are no others. Each is waited for: a vote that knew nothing of
    // the exclusion holds its image until it is there.
    let images = exclusions::images(&mut db, task, operator).await?;
    drop(db);
    let known = app.snapshots.refresh(&app.pool, task, own.snapshot).await?;
    let mut total = 0;
    for batch in images.chunks(BATCH) {
        let (outbox, known, now) = (&app.outbox, known.as_ref(), app.clock.now());
        let step = Step { outbox, task, operator, known, now };
        let votes = run_tx(&app.pool, "set_aside", |tx| Box::pin(step.take(tx, batch))).await?;
        total += votes;
        app.outbox.wake();
    }
    let finish =
        run_tx(&app.pool, "set_aside_all", |tx| Box::pin(async move { exclusions::finish(tx, task, operator).await }));
    if finish.await? {
        tracing::info!(task.id = %task, user.id = %operator, vote.count = total, "excluded an operator");
    }
    Ok(total)
}

/// What stays the same from batch to batch.
#[derive(Clone, Copy)]
struct Step<'a> {
    outbox: &'a Outbox,
    task: TaskId,
    operator: UserId,
    known: Option<&'a Versioned>,
    now: DateTime<Utc>,
}

impl Step<'_> {
    /// Sets aside what there is among these images, and says how many votes that were.
    async fn take(self, db: &mut PgConnection, ids: &[Uuid]) -> Result<usize> {
        let mut images = subtasks::lock(db, ids).await?;
        let mine = assignments::of_operator(db, self.operator, ids).await?;
        let mut voted = Vec::new();
        for stored in &mine {
            let Some(image) = images.iter().find(|image| image.subtask_id == stored.subtask_id) else { continue };
            if matches!(stored.read(&image.terms)?, Assignment::Voted(_)) {
                voted.push(image.subtask_id);
            }
        }
        images.retain(|image| voted.contains(&image.subtask_id));
        exclusions::set_aside(db, self.operator, &voted).await?;
        self.ask_again(db, images).await?;
        Ok(voted.len())
    }

    /// Takes the place of the vote from each image and sees what the others come to.
    async fn ask_again(self, db: &mut PgConnection, mut images: Vec<Locked>) -> Result<()> {
        for image in &mut images {
            image.slots = image.slots.without_vote(image.terms.stop().redundancy());
        }
        let is_full = |image: &Locked| !image.slots.closed && image.slots.is_full();
        let full: Vec<Uuid> =
            images.iter().filter(|image| is_full(image)).map(|image| image.subtask_id.uuid()).collect();
        let votes = match images.first() {
            Some(image) => votes::counted(db, &full, &image.terms).await?,
            None => return Ok(()),
        };
        let (mut queues, mut closed) = (Vec::with_capacity(images.len()), Vec::new());
        for image in &mut images {
            if image.slots.closed || image.task_state == TaskState::Cancelled {
                queues.push(Queue::Stay);
                continue;
            }
            let own: Vec<_> = of_image(&votes, image.subtask_id);
            let (queue, decided) = decide(image, &own, self.known);
            closed.extend(decided);
            // Somebody may have to wait for it who has passed it by.
            queues.push(if queue == Queue::Stay && image.slots.has_free() { Queue::To(Lane::AGAIN) } else { queue });
        }
        subtasks::save_all(db, &images.iter().zip(queues).collect::<Vec<_>>()).await?;
        if let (Some(image), false) = (images.first(), closed.is_empty()) {
            close(db, self.outbox, self.task, &closed, &image.terms, self.now).await?;
        }
        Ok(())
    }
}

fn of_image(votes: &[(SubtaskId, labelmesh_consensus::Vote)], image: SubtaskId) -> Vec<labelmesh_consensus::Vote> {
    votes.iter().filter(|(of, _)| *of == image).map(|&(_, vote)| vote).collect()
}
