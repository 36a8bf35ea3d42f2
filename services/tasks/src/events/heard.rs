//! Events of `subtasks` and `users`, parsed.

use labelmesh_errors::parse_field;
use labelmesh_events::{Bus, Consumer, Delivery, Failure, Work};
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_proto::{
    subtasks::v1::{SubtaskDecided, SubtaskStarved},
    time,
    users::v1::UserDeleted,
};

use crate::{
    app::{self, App},
    domain::{Decision, LabelCount, Verdict},
};

/// How many events one transaction takes at most.
const BATCH: usize = 500;

/// The consumer of decisions, shared by all replicas.
pub(crate) fn decisions(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::TASKS_DECISIONS).batch(BATCH)
}

/// The consumer of reports of starving images, shared by all replicas.
pub(crate) fn starved(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::TASKS_STARVED).batch(BATCH)
}

/// The consumer of users who were deleted, shared by all replicas.
pub(crate) fn deleted_users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::TASKS_DELETED_USERS)
}

/// Notes that users were deleted. Each is harmless when it comes again.
pub(crate) async fn apply_deleted_users(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: UserDeleted = delivery.decode()?;
        app::delete_client(&app, parse_field("user_id", &event.user_id)?).await?;
    }
    Ok(())
}

/// Applies a batch of decisions, wholly or not at all.
pub(crate) async fn apply_decided(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let decisions: Result<Vec<_>, _> = batch.iter().map(|delivery| decision(delivery.decode()?)).collect();
    Ok(app::apply_decisions(&app, &decisions?).await?)
}

/// Applies a batch of reports of starving images, wholly or not at all.
pub(crate) async fn apply_starved(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let images: Result<Vec<_>, Failure> = batch
        .iter()
        .map(|delivery| {
            let event: SubtaskStarved = delivery.decode()?;
            ids(&event.task_id, &event.subtask_id)
        })
        .collect();
    Ok(app::apply_starved(&app, &images?).await?)
}

fn decision(event: SubtaskDecided) -> Result<Decision, Failure> {
    let (task_id, image_id) = ids(&event.task_id, &event.subtask_id)?;
    let at = time(event.occurred_at).ok_or_else(|| Failure::poison("the event has no time"))?;
    let verdict = if event.label.is_empty() {
        Verdict::Undecided
    } else {
        let votes = event.votes.into_iter().map(|count| LabelCount { label: count.label, votes: count.votes });
        Verdict::Decided {
            label: event.label,
            confidence: event.confidence,
            rule: event.rule,
            contested: event.contested,
            votes: votes.collect(),
        }
    };
    Ok(Decision { task_id, image_id, version: event.version, verdict, at })
}

/// A subtask has its image's id.
fn ids(task_id: &str, subtask_id: &str) -> Result<(TaskId, ImageId), Failure> {
    Ok((parse_field("task_id", task_id)?, parse_field("subtask_id", subtask_id)?))
}
