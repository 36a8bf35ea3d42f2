//! The inbox: which events were applied, for effects that have no natural key.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::EventId;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// How long an event is recognised: longer than any can come again, which is the eight days of an outbox row, the seven
/// of a message that was published from it on the last of them, and the thirty for which it may then wait among dead
/// letters.
const KEPT: TimeDelta = TimeDelta::days(46);
const PURGE_BATCH: i64 = 1_000;

/// Whether `consumer` sees the event for the first time; remembered with the transaction. While another transaction
/// applies the same event, this waits for its end.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn first_time(
    connection: &mut PgConnection,
    consumer: &str,
    event: EventId,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(first_times(connection, consumer, &[event], now).await?.contains(&event))
}

/// The events among several that `consumer` sees for the first time; remembered with the transaction.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn first_times(
    connection: &mut PgConnection,
    consumer: &str,
    events: &[EventId],
    now: DateTime<Utc>,
) -> Result<HashSet<EventId>> {
    // In one order everywhere, so that two batches with events in common don't deadlock.
    let mut ids: Vec<Uuid> = events.iter().map(|event| event.uuid()).collect();
    ids.sort_unstable();
    let new = sqlx::query_scalar!(
        "INSERT INTO mesh.inbox (consumer, event_id, received_at)
         SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id
         ON CONFLICT DO NOTHING RETURNING event_id",
        consumer,
        &ids,
        now,
    )
    .fetch_all(connection)
    .await?;
    Ok(new.into_iter().map(EventId::from).collect())
}

/// Forgets events that can't come again, in small transactions; returns how many.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn purge(pool: &PgPool, now: DateTime<Utc>) -> Result<u64> {
    let mut purged = 0;
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM mesh.inbox WHERE (consumer, event_id) IN
                 (SELECT consumer, event_id FROM mesh.inbox WHERE received_at < $1
                  ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            now - KEPT,
            PURGE_BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        purged += deleted;
        if deleted < PURGE_BATCH.unsigned_abs() {
            return Ok(purged);
        }
    }
}
