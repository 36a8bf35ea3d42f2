//! Applies what workers tell of jobs.

use labelmesh_errors::Result;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::{JobKey, Outcome},
    store::{jobs, transformations},
};

/// What a worker tells of a job.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct News {
    pub(crate) key: JobKey,
    /// The run of the job that it is about.
    pub(crate) run: u32,
    /// How it ended; none where it has begun.
    pub(crate) outcome: Option<Outcome>,
}

/// Applies a batch of news, wholly or not at all. Each is harmless when it comes again, or late.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn apply_progress(app: &App, mut news: Vec<News>) -> Result<()> {
    // Locks are taken in the order of keys. What has begun and ended within the batch has ended.
    news.sort_by_key(|one| (one.key, one.outcome.is_none()));
    let (news, now) = (&news, app.clock.now());
    let changed = run_tx(&app.pool, "apply_progress", |tx| {
        Box::pin(async move {
            let mut changed = Vec::new();
            for News { key, run, outcome } in news {
                match outcome {
                    None => changed.extend(transformations::start(tx, key, now).await?),
                    Some(outcome) => {
                        if jobs::end(tx, key, *run, outcome, now).await? {
                            changed.extend(transformations::end(tx, key, outcome, now).await?);
                        }
                    }
                }
            }
            Ok(changed)
        })
    });
    let changed = changed.await?;
    app.changed(&changed).await;
    Ok(())
}
