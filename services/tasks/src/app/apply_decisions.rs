//! Keeping copies of decisions, and completing tasks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Decision, Progress, State, Step, Task, Verdict},
    events::published,
    store,
};

/// Keeps copies of decisions, of any tasks, and counts those that are new: one update for each task. The transaction
/// that accounts for the last image of a task completes it. What is decided about a task that has ended is not kept:
/// the results of a cancelled task stay as they were.
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
    let tasks = lock_open(tx, &said).await?;
    let kept: Vec<_> = decisions.iter().filter(|decision| tasks.contains_key(&decision.task_id)).collect();
    let new = store::decisions::insert(tx, &kept).await?;
    let mut gains = count(&kept, &new);
    for task_id in store::decisions::remove_starved(tx, &new).await? {
        gains.entry(task_id).or_default().starved += 1;
    }
    let mut changed = Vec::new();
    for (task_id, task) in tasks {
        let gain = gains.remove(&task_id).unwrap_or_default();
        let before = task.progress();
        let progress = Progress {
            decided: before.decided + gain.decided,
            contested: before.contested + gain.contested,
            undecided: before.undecided + gain.undecided,
            starved: before.starved.saturating_sub(gain.starved),
        };
        if let Step::Changed(task) = task.advance(progress, now) {
            store::tasks::save(tx, &task).await?;
            if let State::Completed { .. } = task.state {
                app.outbox.enqueue(tx, &published::completed(&task, now)).await?;
            }
            changed.push(task);
        }
    }
    Ok(changed)
}

/// Images that are not of their tasks can only come from a fault, and can never be applied.
pub(super) async fn check_known(tx: &mut PgConnection, said: &[(TaskId, ImageId)]) -> Result<()> {
    let strangers = store::decisions::strangers(tx, said).await?;
    strangers.first().map_or(Ok(()), |image| Err(Error::not_found(&format!("image as {image} in that task"))))
}

/// Locks the tasks of these images, in the order of their ids, and returns those that are open.
pub(super) async fn lock_open(tx: &mut PgConnection, said: &[(TaskId, ImageId)]) -> Result<BTreeMap<TaskId, Task>> {
    let ids: BTreeSet<TaskId> = said.iter().map(|(task_id, _)| *task_id).collect();
    let tasks = store::tasks::lock_many(tx, &Vec::from_iter(ids)).await?;
    let open = tasks.into_iter().filter(|task| matches!(task.state, State::Open(_)));
    Ok(open.map(|task| (task.id, task)).collect())
}

/// What the new ones among the decisions add to their tasks.
fn count(decisions: &[&Decision], new: &[ImageId]) -> HashMap<TaskId, Progress> {
    let mut new: BTreeSet<ImageId> = new.iter().copied().collect();
    let mut gains: HashMap<TaskId, Progress> = HashMap::new();
    for decision in decisions {
        // An image may come twice in one batch; it counts once, as it was inserted once.
        if !new.remove(&decision.image_id) {
            continue;
        }
        let gain = gains.entry(decision.task_id).or_default();
        match decision.verdict {
            Verdict::Decided { contested, .. } => {
                gain.decided += 1;
                gain.contested += u64::from(contested);
            }
            Verdict::Undecided => gain.undecided += 1,
        }
    }
    gains
}
