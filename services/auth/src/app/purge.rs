//! Deleting what nobody asks for any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::store::{attempts, sessions};

const EVERY: Duration = Duration::from_secs(60);

/// What is old enough to be deleted.
#[derive(Debug, Clone, Copy)]
struct Old {
    /// Sessions that were over before.
    sessions: DateTime<Utc>,
    /// Counts whose window began then or before.
    attempts: DateTime<Utc>,
}

/// Deletes what is old, at most `batch` rows a statement; returns how many.
async fn purge(pool: &PgPool, old: Old, batch: i64) -> Result<u64> {
    let mut db = pool.acquire().await?;
    let mut purged = 0;
    loop {
        let sessions = sessions::purge(&mut db, old.sessions, batch).await?;
        let attempts = attempts::purge(&mut db, old.attempts, batch).await?;
        purged += sessions + attempts;
        if sessions.max(attempts) < batch.unsigned_abs() {
            return Ok(purged);
        }
    }
}

/// Purges every minute until `stop`, in every replica: rows that another deletes are passed over. A session that is
/// over stays for `kept`.
pub(crate) async fn purge_until(app: App, kept: TimeDelta, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = app.clock.now();
        let old = Old { sessions: now - kept, attempts: now - app.limits.window };
        if let Err(error) = purge(&app.pool, old, 1_000).await {
            tracing::warn!(error = %error, "could not purge sessions and attempts");
        }
    }
}
