//! Measures how many jobs wait.

use labelmesh_errors::Result;

use super::App;
use crate::{domain::Kind, store::jobs};

/// Says of each kind how many jobs are open and how old the oldest is. Every replica says the same.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn measure_queues(app: &App) -> Result<()> {
    let pending = jobs::pending(&mut *app.pool.acquire().await?).await?;
    let now = app.clock.now();
    for kind in Kind::ALL {
        let (jobs, seconds) =
            pending.get(&kind).map_or((0, 0.0), |(jobs, oldest)| (*jobs, (now - *oldest).as_seconds_f64().max(0.0)));
        metrics::gauge!("renditions_jobs_pending", "kind" => kind.name()).set(jobs as f64);
        metrics::gauge!("renditions_jobs_oldest_seconds", "kind" => kind.name()).set(seconds);
    }
    Ok(())
}
