//! What we know of the broker's store, and filling it again if it was lost.
//!
//! Two things give a loss away: the stream was created later than the one we knew (the store is another), or it ends
//! before a place that it gave to an event of ours (the store lost its tail). Lost rows become unpublished again.

use async_nats::jetstream::stream::Info;
use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_pg::begin;
use sqlx::PgPool;

use crate::stream;

/// How many rows one step of a refill makes unpublished.
const STEP: i64 = 1_000;
/// How many of the newest rows are looked at for the highest place; places and positions differ in order by little.
const NEWEST: i64 = 1_000;
/// How many waiting rows are counted at most: more are just as bad.
const COUNTED: i64 = 10_000;

/// The highest place in the stream that the broker gave to an event of ours.
pub(super) async fn newest_sequence(pool: &PgPool) -> Result<i64> {
    let newest = sqlx::query_scalar!(
        "SELECT max(stream_sequence) FROM
             (SELECT stream_sequence FROM mesh.outbox ORDER BY position DESC LIMIT $1) AS newest",
        NEWEST,
    )
    .fetch_one(pool)
    .await?;
    Ok(newest.unwrap_or(0))
}

/// Compares the stream with what we knew of it, and begins a refill if something is missing.
///
/// `newest` is [`newest_sequence`] from before the stream was looked at.
pub(super) async fn observe(pool: &PgPool, name: &str, info: &Info, newest: i64) -> Result<()> {
    let created = stream::created(info);
    let last = i64::try_from(info.state.last_sequence).unwrap_or(i64::MAX);
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
            "UPDATE mesh.stream SET created_at = $2, refill_from = 0,
                 refill_to = (SELECT coalesce(max(position), 0) FROM mesh.outbox) WHERE name = $1",
            name,
            created,
        )
        .execute(&mut *tx)
        .await?;
    } else if created == known && last < newest {
        tracing::warn!(stream = name, "the broker has lost its latest messages: they are published again");
        sqlx::query!(
            "UPDATE mesh.stream SET
                 refill_from = (SELECT min(position) - 1 FROM mesh.outbox WHERE stream_sequence > $2),
                 refill_to = (SELECT max(position) FROM mesh.outbox)
             WHERE name = $1 AND refill_from >= refill_to
                 AND EXISTS (SELECT FROM mesh.outbox WHERE stream_sequence > $2)",
            name,
            last,
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One step of a refill, if one is under way: makes some rows unpublished again. Tells whether there may be more.
pub(super) async fn refill(pool: &PgPool, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = pool.begin().await?;
    let range = sqlx::query!(
        "SELECT refill_from, refill_to FROM mesh.stream WHERE name = $1 AND refill_from < refill_to
         FOR UPDATE SKIP LOCKED",
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
               WHERE outbox.position = step.position AND published_at IS NOT NULL
                   AND (expires_at IS NULL OR expires_at > $4)
           )
           SELECT max(position) FROM step"#,
        range.refill_from,
        range.refill_to,
        STEP,
        now,
    )
    .fetch_one(&mut *tx)
    .await?;
    let reached = reached.unwrap_or(range.refill_to);
    sqlx::query!("UPDATE mesh.stream SET refill_from = $2 WHERE name = $1", name, reached).execute(&mut *tx).await?;
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
