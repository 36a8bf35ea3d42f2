//! Turns between clients: what waits in a line is queued as what was queued before it ends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{JobKey, Line},
    events::published,
    store::{jobs, lines},
};

/// The lines that a transaction may move on, in which something waits. They are locked, and so are all jobs of each
/// that may be next.
#[derive(Debug)]
pub(super) struct Turns(Vec<Line>);

impl Turns {
    /// The lines of jobs that a transaction may end. The jobs are locked, too. None where one of them has come into
    /// another line at this moment: then the transaction has to begin anew.
    ///
    /// # Errors
    /// CONFLICT where a lock is not to be had.
    pub(super) async fn before(app: &App, tx: &mut PgConnection, ending: &[JobKey]) -> Result<Option<Self>> {
        if ending.is_empty() {
            return Ok(Some(Self(Vec::new())));
        }
        let lines = lines::of(tx, ending).await?;
        Self::lock(app, tx, lines, ending).await
    }

    /// Locks lines, in which so many jobs may end, and then these jobs and those that may be next.
    async fn lock(
        app: &App,
        tx: &mut PgConnection,
        lines: BTreeMap<Line, i64>,
        ending: &[JobKey],
    ) -> Result<Option<Self>> {
        let locked: BTreeSet<Line> = lines.keys().copied().collect();
        lines::lock(tx, &locked).await?;
        let (mut turns, mut keys) = (Vec::new(), ending.iter().copied().collect::<BTreeSet<_>>());
        for (line, ending) in lines {
            // Those that are next when as many have ended, whether they were queued or have waited themselves.
            let most = lines::room(tx, line, app.at_once()).await? + ending;
            let next = lines::next(tx, line, most.max(0)).await?;
            if !next.is_empty() {
                turns.push(line);
            }
            keys.extend(next);
        }
        Ok(jobs::lock(tx, &keys).await?.is_subset(&locked).then_some(Self(turns)))
    }

    /// Queues those whose turn it is, with the events that tell workers of them; says how many.
    ///
    /// # Errors
    /// Unavailable if the database does not answer.
    pub(super) async fn go_on(self, app: &App, tx: &mut PgConnection, now: DateTime<Utc>) -> Result<usize> {
        let mut queued = Vec::new();
        for line in self.0 {
            let room = lines::room(tx, line, app.at_once()).await?;
            let next = lines::next(tx, line, room.max(0)).await?;
            queued.extend(lines::queue(tx, &next, now).await?);
        }
        let count = queued.len();
        published::enqueue(&app.outbox, tx, queued).await?;
        Ok(count)
    }
}

/// Queues what waits although there is room for it: where the configuration has more room than it had, or something was
/// lost. Replicas may do the same at once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn take_turns(app: &App) -> Result<()> {
    let halted = lines::halted(&mut *app.pool.acquire().await?, app.at_once()).await?;
    move_on(app, halted).await
}

/// Queues what waits in these lines, as far as there is room.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(super) async fn move_on(app: &App, lines: impl IntoIterator<Item = Line>) -> Result<()> {
    let now = app.clock.now();
    for line in lines {
        let queued = run_tx(&app.pool, "take_turns", |tx| {
            Box::pin(async move {
                match Turns::lock(app, tx, BTreeMap::from([(line, 0)]), &[]).await? {
                    Some(turns) => turns.go_on(app, tx, now).await,
                    None => Ok(0),
                }
            })
        });
        if queued.await? > 0 {
            app.outbox.wake();
        }
    }
    Ok(())
}
