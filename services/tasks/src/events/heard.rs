//! Events of `subtasks`, parsed.

use chrono::{DateTime, Utc};
use labelmesh_events::{Delivery, Failure};
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_proto::subtasks::v1::{SubtaskDecided, SubtaskStarved};

use crate::{
    app::{self, App},
    domain::{Decision, LabelCount, Verdict},
};

/// The names of the durable consumers, one for each purpose.
pub(crate) const DECISIONS: &str = "tasks-decisions";
/// As [`DECISIONS`].
pub(crate) const STARVED: &str = "tasks-starved";

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
    let at = event.occurred_at.ok_or_else(|| Failure::poison("the event has no time"))?;
    let nanos = u32::try_from(at.nanos).map_err(Failure::poison)?;
    let at: DateTime<Utc> =
        DateTime::from_timestamp(at.seconds, nanos).ok_or_else(|| Failure::poison("the time is out of range"))?;
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
    Ok((task_id.parse().map_err(Failure::poison)?, subtask_id.parse().map_err(Failure::poison)?))
}
