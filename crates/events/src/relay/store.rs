//! What we know of the broker's store, and filling it again if it was lost.
//!
//! Three things give a loss away: the stream was created later than the one we knew (the store is another), it ends
//! before a place that it gave to an event of ours (the store lost its tail), or it begins behind an event that is not
//! old enough to have left it (somebody purged it). Lost rows become unpublished again.

use async_nats::jetstream::stream::Info;
use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use labelmesh_pg::begin;
use sqlx::{PgConnection, PgPool};

use crate::stream;

/// How many rows one step of a refill makes unpublished: a batch, since new events wait behind them.
const STEP: i64 = super::BATCH as i64;
/// How many rows are looked at that lie just before the beginning of the stream. Among those that left it in time there
/// may be some that a purge took.
const BEFORE: i64 = 1_000;
/// How much sooner than we say the broker may let go of what is old: clocks differ.
const EARLY: TimeDelta = TimeDelta::hours(1);
/// How many waiting rows are counted at most: more are just as bad.
const COUNTED: i64 = 10_000;

/// The highest place in the stream that the broker gave to an event of ours.
pub(super) async fn newest_sequence(pool: &PgPool) -> Result<i64> {
    let newest = sqlx::query_scalar!("SELECT max(stream_sequence) FROM mesh.outbox").fetch_one(pool).await?;
    Ok(newest.unwrap_or(0))
}

/// Compares the stream with what we knew of it, and begins a refill if something is missing.
///
/// `newest` is [`newest_sequence`] from before the stream was looked at.
pub(super) async fn observe(pool: &PgPool, name: &str, info: &Info, newest: i64, now: DateTime<Utc>) -> Result<()> {
    let created = stream::created(info);
    let last = i64::try_from(info.state.last_sequence).unwrap_or(i64::MAX);
    let first = i64::try_from(info.state.first_sequence).unwrap_or(i64::MAX);
    let mut tx = begin(pool).await?;
    sqlx::query!("INSERT INTO mesh.stream (name, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, created)
        .execute(&mut *tx)
        .await?;
    let known = sqlx::query_scalar!("SELECT created_at FROM mesh.stream WHERE name = $1 FOR UPDATE", name)
        .fetch_one(&mut *tx)
        .await?;
    // An older one than we know was seen before another replica saw the newer one.
    if created > known {
        tracing::warn!(stream = name, "the broker has lost its store: every event that is kept is published again");
        sqlx::query!(
            "UPDATE mesh.stream SET created_at = $2, lost_below = 0, lost_above = -1, refill_from = 0,
                 refill_to = (SELECT coalesce(max(position), 0) FROM mesh.outbox) WHERE name = $1",
            name,
            created,
        )
        .execute(&mut *tx)
        .await?;
    } else if created == known && last < newest {
        tracing::warn!(stream = name, "the broker has lost its latest messages: they are published again");
        sqlx::query!(
            "UPDATE mesh.stream SET lost_below = 0, lost_above = $2,
                 refill_from = (SELECT min(position) - 1 FROM mesh.outbox WHERE stream_sequence > $2),
                 refill_to = (SELECT max(position) FROM mesh.outbox)
             WHERE name = $1 AND refill_from >= refill_to
                 AND EXISTS (SELECT FROM mesh.outbox WHERE stream_sequence > $2)",
            name,
            last,
        )
        .execute(&mut *tx)
        .await?;
    } else if created == known && was_purged(&mut tx, first, now).await? {
        let refills = sqlx::query!(
            "UPDATE mesh.stream SET lost_below = $2, lost_above = 9223372036854775807,
                 refill_from = purged.first - 1, refill_to = purged.last, purged_to = purged.last, purges = purges + 1 FROM
                 (SELECT min(position) AS first, max(position) AS last FROM mesh.outbox
                  WHERE stream_sequence < $2 AND published_at > $3) AS purged
             WHERE name = $1 AND refill_from >= refill_to",
            name,
            first,
            now - stream::KEPT,
        )
        .execute(&mut *tx)
        .await?;
        if refills.rows_affected() > 0 {
            tracing::warn!(stream = name, "the broker's stream was purged: its events are published again");
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Whether an event that is neither old enough to have left the stream nor expired lies before its beginning.
async fn was_purged(db: &mut PgConnection, first: i64, now: DateTime<Utc>) -> Result<bool> {
    let was_purged = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM
               (SELECT published_at, expires_at FROM mesh.outbox
                WHERE stream_sequence < $1 ORDER BY stream_sequence DESC LIMIT $2) AS before
               WHERE published_at > $3 AND (expires_at IS NULL OR expires_at > $4)) AS "was_purged!""#,
        first,
        BEFORE,
        now - stream::KEPT + EARLY,
        now + EARLY,
    )
    .fetch_one(db)
    .await?;
    Ok(was_purged)
}

/// One step of a refill, if one is under way: makes some rows unpublished again. Tells whether there may be more.
pub(super) async fn refill(pool: &PgPool, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = begin(pool).await?;
    let range = sqlx::query!(
        "SELECT refill_from, refill_to, lost_below, lost_above FROM mesh.stream
         WHERE name = $1 AND refill_from < refill_to FOR UPDATE SKIP LOCKED",
        name,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(range) = range else { return Ok(false) };
    let reached = sqlx::query_scalar!(
        r#"WITH step AS (
               SELECT position FROM mesh.outbox WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
           ), reset AS (
               UPDATE mesh.outbox SET published_at = NULL, stream_sequence = NULL FROM step
               WHERE outbox.position = step.position AND (stream_sequence < $5 OR stream_sequence > $6)
                   AND (expires_at IS NULL OR expires_at > $4)
           )
           SELECT max(position) FROM step"#,
        range.refill_from,
        range.refill_to,
        STEP,
        now,
        range.lost_below,
        range.lost_above,
    )
    .fetch_one(&mut *tx)
    .await?;
    let reached = reached.unwrap_or(range.refill_to);
    // At the end everything counts as lost again: a release that does not know the bounds may notice the next loss.
    sqlx::query!(
        "UPDATE mesh.stream SET refill_from = $2,
             lost_below = CASE WHEN $2 < refill_to THEN lost_below ELSE 0 END,
             lost_above = CASE WHEN $2 < refill_to THEN lost_above ELSE -1 END
         WHERE name = $1",
        name,
        reached,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Shows how many events wait to be published, and the oldest one's age.
pub(super) async fn measure(pool: &PgPool, now: DateTime<Utc>) -> Result<()> {
    let waiting = sqlx::query!(
        r#"SELECT count(*) AS "rows!", min(created_at) AS oldest FROM
             (SELECT created_at FROM mesh.outbox WHERE published_at IS NULL ORDER BY position LIMIT $1) AS waiting"#,
        COUNTED,
    )
    .fetch_one(pool)
    .await?;
    let age = waiting.oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64().max(0.0));
    metrics::gauge!("outbox_pending_rows").set(waiting.rows as f64);
    metrics::gauge!("outbox_oldest_pending_seconds").set(age);
    Ok(())
}
