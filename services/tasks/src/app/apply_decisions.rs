//! Keeps copies of decisions, and completes tasks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Decision, Progress, State, Step, Task},
    events::published,
    store,
};

/// Keeps copies of decisions, of any tasks, and counts them: one update for each task. The transaction that accounts
/// for the last image of a task completes it. A decision that is newer than the copy replaces it, also when the task is
/// completed; what is decided about a cancelled task is not kept: its results stay as they were.
///
/// # Errors
/// NOT_FOUND where a decision is about an image that there is not.
pub(crate) async fn apply_decisions(app: &App, decisions: &[Decision]) -> Result<()> {
    let now = app.clock.now();
    let changed = run_tx(&app.pool, "apply_decisions", |tx| Box::pin(apply(app, tx, decisions, now))).await?;
    for task in &changed {
        app.changed(task).await;
    }
    Ok(())
}

async fn apply(app: &App, tx: &mut PgConnection, decisions: &[Decision], now: DateTime<Utc>) -> Result<Vec<Task>> {
    let said: Vec<_> = decisions.iter().map(|decision| (decision.task_id, decision.image_id)).collect();
    check_known(tx, &said).await?;
    let mut tasks = lock(tx, &said).await?;
    tasks.retain(|_, task| task.keeps_decisions());
    let kept = newest(decisions.iter().filter(|decision| tasks.contains_key(&decision.task_id)));
    let before = store::decisions::copies(tx, &Vec::from_iter(kept.keys().copied())).await?;
    let newer =
        |decision: &&&Decision| before.get(&decision.image_id).is_none_or(|copy| copy.version < decision.version);
    let kept: Vec<&Decision> = kept.values().filter(newer).copied().collect();
    store::decisions::put(tx, &kept).await?;
    let images: Vec<_> = kept.iter().map(|decision| decision.image_id).collect();
    let starved = store::decisions::remove_starved(tx, &images).await?;
    let mut changed = Vec::new();
    for (task_id, task) in tasks {
        let (mut more, mut less) = (task.progress(), Progress::default());
        for decision in kept.iter().filter(|decision| decision.task_id == task_id) {
            more += decision.verdict.counts();
            less += before.get(&decision.image_id).map(|copy| copy.counts).unwrap_or_default();
        }
        less.starved = starved.iter().filter(|starved| **starved == task_id).count() as u64;
        let was_open = matches!(task.state, State::Open(_));
        if let Step::Changed(task) = task.advance(more.without(less), now) {
            store::tasks::save(tx, &task).await?;
            if was_open && let State::Completed { .. } = task.state {
                app.outbox.enqueue_about(tx, task.owner, &published::completed(&task, now)).await?;
            }
            changed.push(task);
        }
    }
    Ok(changed)
}

/// The newest of several decisions about an image: the others are history already.
fn newest<'a>(decisions: impl Iterator<Item = &'a Decision>) -> BTreeMap<ImageId, &'a Decision> {
    let mut newest = BTreeMap::<ImageId, &Decision>::new();
    for decision in decisions {
        let kept = newest.entry(decision.image_id).or_insert(decision);
        if kept.version < decision.version {
            *kept = decision;
        }
    }
    newest
}

/// An image that is not of its task: that can only come from a fault, and can never be applied.
pub(super) async fn check_known(tx: &mut PgConnection, said: &[(TaskId, ImageId)]) -> Result<()> {
    let strangers = store::decisions::strangers(tx, said).await?;
    strangers.first().map_or(Ok(()), |image| Err(Error::not_found(&format!("image as {image} in that task"))))
}

/// Locks the tasks of these images, in the order of their ids, and returns those that are open.
pub(super) async fn lock_open(tx: &mut PgConnection, said: &[(TaskId, ImageId)]) -> Result<BTreeMap<TaskId, Task>> {
    let mut tasks = lock(tx, said).await?;
    tasks.retain(|_, task| matches!(task.state, State::Open(_)));
    Ok(tasks)
}

async fn lock(tx: &mut PgConnection, said: &[(TaskId, ImageId)]) -> Result<BTreeMap<TaskId, Task>> {
    let ids: BTreeSet<TaskId> = said.iter().map(|(task_id, _)| *task_id).collect();
    let tasks = store::tasks::lock_many(tx, &Vec::from_iter(ids)).await?;
    Ok(tasks.into_iter().map(|task| (task.id, task)).collect())
}
