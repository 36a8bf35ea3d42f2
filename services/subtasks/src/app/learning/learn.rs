//! Learns how far the operators of a task can be relied on while it is labeled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use labelmesh_consensus::Snapshot;
use labelmesh_errors::{Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use uuid::Uuid;

use crate::app::gather::{Gathered, add_gold, gather};
use crate::app::snapshots::Versioned;
use crate::app::{App, learning::close_sure, turn::Line};
use crate::store::{
    models::{self, Learned, Progress},
    tasks,
};

/// The most votes that are learned from: the newest.
const MOST_VOTES: usize = 1_000_000;
/// How many tasks one statement reads.
const PAGE: i64 = 200;
/// How many tasks of one client are learned in a round.
const OF_CLIENT: usize = 4;
/// How long a replica that learns keeps the others away. A replica that died is followed after that.
const CLAIM: TimeDelta = TimeDelta::seconds(60);

/// Learns a new snapshot of a task's operators if the votes have grown enough since the last one, and answers with its
/// version. Then closes the open images that are sure enough with it. Of several replicas that try at once, one learns.
///
/// # Errors
/// Only if the database fails.
pub async fn learn_due(app: &App, task: TaskId) -> Result<Option<u32>> {
    match models::progress(&mut *app.pool.acquire().await?, task).await? {
        Some(progress) => learn(app, &progress).await,
        // It has ended, or its rule is fixed.
        None => Ok(None),
    }
}

/// Does the same for open tasks, round their clients: a few of each in a round, those first that have grown most. Where
/// a task has a snapshot in memory, its newest one is read, so that votes find it. One task's failure holds up no
/// other; when the database does not answer for two tasks in a row, the round ends.
///
/// # Errors
/// Only if the database fails.
pub async fn learn_all_due(app: &App) -> Result<()> {
    let mut trouble = Trouble::default();
    for task in in_turn(due(app, &mut trouble).await?) {
        trouble.heard(task, learn_due(app, task).await.map(drop))?;
    }
    Ok(())
}

/// Reads the newest snapshots of the tasks that have one in memory, and finds the tasks whose votes have grown enough.
async fn due(app: &App, trouble: &mut Trouble) -> Result<Vec<Progress>> {
    let (mut seen, mut due) = (HashSet::new(), Vec::new());
    let mut behind = Uuid::nil();
    loop {
        let page = models::progress_behind(&mut *app.pool.acquire().await?, behind, PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = last.task_id.uuid();
        for progress in page {
            seen.insert(progress.task_id);
            if app.snapshots.of(progress.task_id).is_some() {
                let read = app.snapshots.refresh(&app.pool, progress.task_id, progress.snapshot).await;
                trouble.heard(progress.task_id, read.map(drop))?;
            }
            if progress.is_due() {
                due.push(progress);
            }
        }
    }
    app.snapshots.forget_all_but(&seen);
    Ok(due)
}

/// The tasks to learn in a round: the first of each client, then the second of each, and no more than a few.
fn in_turn(mut due: Vec<Progress>) -> Vec<TaskId> {
    due.sort_by(|one, other| other.growth().total_cmp(&one.growth()));
    let mut of_client = HashMap::<UserId, usize>::new();
    let mut turns: Vec<(usize, TaskId)> = Vec::with_capacity(due.len());
    for progress in due {
        let number = of_client.entry(progress.owner_id).or_default();
        turns.push((*number, progress.task_id));
        *number += 1;
    }
    turns.retain(|(number, _)| *number < OF_CLIENT);
    // Stable: of the first ones of all clients, those come first that have grown most.
    turns.sort_by_key(|(number, _)| *number);
    turns.into_iter().map(|(_, task)| task).collect()
}

/// What failed in a round.
#[derive(Debug, Default)]
struct Trouble {
    /// Whether the database did not answer for the last task.
    unavailable: bool,
}

impl Trouble {
    /// Notes what came of a task.
    ///
    /// # Errors
    /// Where the database did not answer for two tasks in a row.
    fn heard(&mut self, task: TaskId, outcome: Result<()>) -> Result<()> {
        let Err(error) = outcome else {
            self.unavailable = false;
            return Ok(());
        };
        let unavailable = error.reason() == Reason::Unavailable;
        if self.unavailable && unavailable {
            return Err(error);
        }
        self.unavailable = unavailable;
        tracing::warn!(task.id = %task, error = %error, "can't learn from a task's votes");
        Ok(())
    }
}

/// The same for one task whose progress is known.
async fn learn(app: &App, progress: &Progress) -> Result<Option<u32>> {
    if !progress.is_due() {
        return Ok(None);
    }
    let (task, now) = (progress.task_id, app.clock.now());
    if !models::claim(&mut *app.pool.acquire().await?, task, now, CLAIM).await? {
        return Ok(None);
    }
    match learn_claimed(app, progress).await {
        Ok(Some(learned)) => {
            let version = learned.version;
            app.snapshots.keep(task, learned.clone());
            close_sure::close_sure(app, progress, &learned).await?;
            Ok(Some(version))
        }
        outcome => {
            models::release(&mut *app.pool.acquire().await?, task, now).await?;
            outcome.map(|_| None)
        }
    }
}

async fn learn_claimed(app: &App, progress: &Progress) -> Result<Option<Versioned>> {
    let task = progress.task_id;
    let turn = app.turn(Line::Learning).await?;
    let own = tasks::within(&mut *app.pool.acquire().await?, Reach::All, task).await?;
    let edge = models::edge(&mut *app.pool.acquire().await?, task).await?;
    let Gathered { mut ledger, whole, .. } = gather(app, &own, &progress.terms, MOST_VOTES).await?;
    let gathered = ledger.table().votes() as u64;
    if gathered == 0 {
        // All that have come are surplus: they are not looked at again.
        models::move_on(&mut *app.pool.acquire().await?, task, &edge, app.clock.now()).await?;
        return Ok(None);
    }
    add_gold(app, &own, &progress.terms, &mut ledger).await?;
    let votes = if whole { gathered } else { progress.learned_from + progress.new };
    let learn = move || {
        let snapshot = Snapshot::learn(&ledger);
        let content = snapshot.to_bytes();
        (snapshot, content)
    };
    let (snapshot, content) = turn.compute(learn).await?;
    let learned = &Learned { version: progress.snapshot + 1, votes, edge, content };
    let now = app.clock.now();
    let saved = run_tx(&app.pool, "learn", |tx| Box::pin(async move { models::save(tx, task, learned, now).await }));
    if !saved.await? {
        return Ok(None);
    }
    tracing::info!(task.id = %task, snapshot.version = learned.version, vote.count = votes, "learned from votes");
    Ok(Some(Versioned { version: learned.version, snapshot: Some(Arc::new(snapshot)) }))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use labelmesh_consensus::StopRule;

    use super::*;
    use crate::domain::Terms;

    fn progress(client: u8, number: u8, new: u64) -> Progress {
        let labels = vec!["cat".to_owned(), "dog".to_owned()];
        Progress {
            task_id: TaskId::new(DateTime::UNIX_EPOCH, [client * 50 + number; 10]),
            owner_id: UserId::new(DateTime::UNIX_EPOCH, [client; 10]),
            terms: Terms::new(labels, StopRule::new(1, 1).expect("fits")),
            snapshot: 0,
            learned_from: 100,
            new,
        }
    }

    #[test]
    fn a_client_with_many_tasks_holds_up_nobody_elses_learning() {
        let many = (0..20).map(|number| progress(1, number, 100 + u64::from(number)));
        let single = progress(2, 0, 50);
        let waiting = single.task_id;
        let turns = in_turn(many.chain([single]).collect());
        assert_eq!(turns.len(), OF_CLIENT + 1);
        assert_eq!(turns[0], progress(1, 19, 0).task_id, "the one that has grown most");
        assert_eq!(turns[1], waiting);
    }
}
