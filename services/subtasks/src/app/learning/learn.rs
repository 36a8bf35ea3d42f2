//! Learns how far the operators of a task can be relied on while it is labeled.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;
use labelmesh_consensus::Snapshot;
use labelmesh_errors::{Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use uuid::Uuid;

use crate::app::gather::{Gathered, add_gold, gather};
use crate::app::snapshots::Versioned;
use crate::app::{App, learning::close_sure};
use crate::store::{
    models::{self, Learned, Progress},
    tasks,
};

/// The most votes that are learned from: the newest.
const MOST_VOTES: usize = 1_000_000;
/// How many tasks one statement reads.
const PAGE: i64 = 200;
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

/// Does the same for all open tasks. Where a task has a snapshot in memory, its newest one is read, so that votes find
/// it. One task's failure holds up no other; when the database does not answer for two tasks in a row, the round ends.
pub(crate) async fn learn_all_due(app: &App) -> Result<()> {
    let mut seen = HashSet::new();
    let (mut behind, mut troubled) = (Uuid::nil(), false);
    loop {
        let page = models::progress_behind(&mut *app.pool.acquire().await?, behind, PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = last.task_id.uuid();
        for progress in &page {
            seen.insert(progress.task_id);
            match attend(app, progress).await {
                Err(error) if troubled && error.reason() == Reason::Unavailable => return Err(error),
                Err(error) => {
                    troubled = error.reason() == Reason::Unavailable;
                    tracing::warn!(task.id = %progress.task_id, error = %error, "can't learn from a task's votes");
                }
                Ok(()) => troubled = false,
            }
        }
    }
    app.snapshots.forget_all_but(&seen);
    Ok(())
}

async fn attend(app: &App, progress: &Progress) -> Result<()> {
    if app.snapshots.of(progress.task_id).is_some() {
        app.snapshots.refresh(&app.pool, progress.task_id, progress.snapshot).await?;
    }
    learn(app, progress).await.map(|_| ())
}

/// The same for one task whose progress is known.
async fn learn(app: &App, progress: &Progress) -> Result<Option<u32>> {
    let classes = progress.terms.labels().len();
    if !Snapshot::is_due(progress.learned_from, progress.learned_from + progress.new, classes) {
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
    let turn = app.turn().await?;
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
