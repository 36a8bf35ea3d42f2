//! Closing images: their decisions are kept and told of, in the transaction in which they are made.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::TaskId;
use sqlx::PgConnection;

use crate::domain::{Closed, Terms};
use crate::events::published;
use crate::store::closing;

/// Closes images, all of one task and under lock: keeps how the labeling of each has ended, and enqueues the event
/// about it. What was decided before is kept as a former decision. Whoever commits wakes the outbox.
///
/// # Errors
/// Only if the database fails.
pub(in crate::app) async fn close(
    db: &mut PgConnection,
    outbox: &Outbox,
    task: TaskId,
    closed: &[Closed],
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<()> {
    closing::record(db, closed, terms, now).await?;
    let events: Vec<_> = closed.iter().map(|closed| published::decided(task, closed, terms, now)).collect();
    outbox.enqueue_all(db, &events).await?;
    Ok(())
}
