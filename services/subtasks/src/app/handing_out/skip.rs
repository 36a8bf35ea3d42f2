//! Gives an image back for good.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::SubtaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, Operator};
use crate::domain::{self, Lane, Refusal, Skip, SkipReason};
use crate::events::published;
use crate::store::{
    assignments, gold,
    subtasks::{self, Queue},
};

/// An image that this many operators have skipped may never get its votes.
const STARVED: u32 = 3;

/// Gives an image back for good: it never comes to this operator again. An image that was skipped or voted for already
/// stays as it is.
///
/// # Errors
/// NEVER_LEASED if it was never in the operator's hands.
pub async fn skip(app: &App, operator: Operator, image: SubtaskId, reason: Option<SkipReason>) -> Result<()> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    let starved = run_tx(&app.pool, "skip", |tx| {
        Box::pin(async move { skip_in(tx, outbox, operator, image, reason, now).await })
    });
    if starved.await? {
        app.outbox.wake();
    }
    Ok(())
}

async fn skip_in(
    db: &mut PgConnection,
    outbox: &Outbox,
    operator: Operator,
    image: SubtaskId,
    reason: Option<SkipReason>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ids = [image.uuid()];
    let operator = operator.user_id();
    let locked = subtasks::lock(db, &ids).await?.pop();
    let mut image = locked.ok_or(Refusal::NeverLeased)?;
    let stored = assignments::of_operator(db, operator, &ids).await?.pop();
    let assignment = stored.map(|stored| stored.read(&image.terms)).transpose()?;
    let Skip::Skipped { slots, freed } = domain::skip(image.slots, assignment)? else {
        return Ok(false);
    };
    image.slots = slots;
    image.skips += 1;
    // Skips only grow, by one operator each: this is true once.
    let starved = image.skips == STARVED && !image.slots.closed;
    if starved {
        image.version += 1;
        outbox.enqueue(db, &published::starved(&image, now)).await?;
    }
    assignments::skip(db, operator, image.subtask_id, reason, now).await?;
    subtasks::save(db, &image, if freed { Queue::To(Lane::AGAIN) } else { Queue::Stay }).await?;
    gold::skipped(db, image.task_id, operator).await?;
    Ok(starved)
}
