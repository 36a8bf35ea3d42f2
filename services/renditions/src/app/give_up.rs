//! Ends jobs that nobody makes.

use chrono::TimeDelta;
use labelmesh_errors::Result;

use super::{App, News, apply_progress};
use crate::{
    domain::{Failure, Outcome},
    store::jobs,
};

/// How long a job may be open.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How many jobs one transaction takes.
const BATCH: i64 = 200;

/// Ends jobs that have been open for a day: every transformation ends. Replicas may do the same at once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn give_up(app: &App) -> Result<()> {
    loop {
        let before = app.clock.now() - PATIENCE;
        let left = jobs::open_since(&mut *app.pool.acquire().await?, before, BATCH).await?;
        if left.is_empty() {
            return Ok(());
        }
        tracing::warn!(jobs = left.len(), "jobs are given up that no worker has made within a day");
        let news =
            left.into_iter().map(|(key, run)| News { key, run, outcome: Some(Outcome::Failed(Failure::given_up())) });
        apply_progress(app, news.collect()).await?;
    }
}
