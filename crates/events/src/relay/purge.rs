//! The purge: published rows are kept a day longer than the broker keeps messages, and then deleted.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use sqlx::PgPool;

const KEPT: TimeDelta = TimeDelta::days(8);
const BATCH: i64 = 1_000;

/// Deletes old rows and expired ones, in small transactions; returns how many.
pub(super) async fn purge(pool: &PgPool, now: DateTime<Utc>) -> Result<u64> {
    Ok(purge_old(pool, now).await? + purge_expired(pool, now).await?)
}

/// Goes through the oldest rows until a whole batch of them is to be kept.
async fn purge_old(pool: &PgPool, now: DateTime<Utc>) -> Result<u64> {
    let mut purged = 0;
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM mesh.outbox WHERE published_at < $1 AND position IN
                 (SELECT position FROM mesh.outbox ORDER BY position LIMIT $2)",
            now - KEPT,
            BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        purged += deleted;
        if deleted == 0 {
            return Ok(purged);
        }
    }
}

async fn purge_expired(pool: &PgPool, now: DateTime<Utc>) -> Result<u64> {
    let mut purged = 0;
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM mesh.outbox WHERE position IN
                 (SELECT position FROM mesh.outbox WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
                  FOR UPDATE SKIP LOCKED)",
            now,
            BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        purged += deleted;
        if deleted < BATCH.unsigned_abs() {
            return Ok(purged);
        }
    }
}
