//! Deleting what nobody asks for any more.

use std::time::Duration;

use labelmesh_errors::Result;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::store::{attempts, sessions};

const EVERY: Duration = Duration::from_secs(60);
const BATCH: i64 = 1_000;

/// Deletes sessions that have been over for long and counts whose window has ended, in small transactions; returns how
/// many rows.
pub(crate) async fn purge(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut db = app.pool.acquire().await?;
    let mut purged = 0;
    loop {
        let sessions = sessions::purge(&mut db, now - app.session_kept, BATCH).await?;
        let attempts = attempts::purge(&mut db, now - app.limits.window, BATCH).await?;
        purged += sessions + attempts;
        if sessions.max(attempts) < BATCH.unsigned_abs() {
            return Ok(purged);
        }
    }
}

/// Purges every minute until `stop`, in every replica: rows that another deletes are passed over.
pub(crate) async fn purge_until(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = purge(&app).await {
            tracing::warn!(error = %error, "could not purge sessions and attempts");
        }
    }
}
