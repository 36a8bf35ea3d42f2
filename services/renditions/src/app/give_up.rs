//! Ends jobs that nobody makes.

use chrono::TimeDelta;
use labelmesh_errors::Result;

use super::{App, News, apply_progress};
use crate::{
    domain::{Failure, Outcome},
    store::jobs,
};

/// How long a job may be in the queue.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How long a job may wait for its turn: a client may have asked for more than is made in a day.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(7);
/// How many jobs one transaction takes.
const BATCH: i64 = 200;

/// Ends jobs that have been queued for a day or have waited for a week: every transformation ends. Replicas may do the
/// same at once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn give_up(app: &App) -> Result<()> {
    loop {
        let now = app.clock.now();
        let (queued, waiting) = (now - PATIENCE, now - LONGEST_WAIT);
        let left = jobs::open_since(&mut *app.pool.acquire().await?, queued, waiting, BATCH).await?;
        if left.is_empty() {
            return Ok(());
        }
        tracing::warn!(jobs = left.len(), "jobs are given up that no worker has made in time");
        let news =
            left.into_iter().map(|(key, run)| News { key, run, outcome: Some(Outcome::Failed(Failure::given_up())) });
        apply_progress(app, news.collect()).await?;
    }
}
