//! Applies what workers tell of jobs.

use labelmesh_errors::Result;
use labelmesh_pg::run_tx;

use super::{App, turns::Turns};
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

/// Applies a batch of news, wholly or not at all, and queues what has waited for what has ended. Each is harmless when
/// it comes again, or late.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn apply_progress(app: &App, mut news: Vec<News>) -> Result<()> {
    // Locks are taken in the order of keys. What has begun and ended within the batch has ended.
    news.sort_by_key(|one| (one.key, one.outcome.is_none()));
    let ending: Vec<JobKey> = news.iter().filter(|one| one.outcome.is_some()).map(|one| one.key).collect();
    let (news, ending, now) = (&news, &ending, app.clock.now());
    let changed = loop {
        let changed = run_tx(&app.pool, "apply_progress", |tx| {
            Box::pin(async move {
                let Some(turns) = Turns::before(app, tx, ending).await? else { return Ok(None) };
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
                turns.go_on(app, tx, now).await?;
                Ok(Some(changed))
            })
        });
        if let Some(changed) = changed.await? {
            break changed;
        }
    };
    app.outbox.wake();
    app.changed(&changed).await;
    Ok(())
}
