//! The events that this service publishes.

use chrono::{DateTime, Utc};
use labelmesh_consensus::PLURALITY;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided, SubtaskStarved, VoteCount};
use prost_types::Timestamp;

use crate::domain::{Cause, Closing, Terms};
use crate::store::subtasks::Locked;

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Its task.
    pub task_id: TaskId,
    /// The version of the image with this event.
    pub version: u64,
}

/// An image was decided, or closed without any vote.
#[must_use]
pub fn decided(key: &Key, closing: &Closing, terms: &Terms, now: DateTime<Utc>) -> SubtaskDecided {
    let decision = closing.decision.as_ref();
    let cause = match closing.cause {
        Cause::VotesComplete => ClosingCause::VotesComplete,
        Cause::TiedAtMaximum => ClosingCause::TiedAtMaximum,
        Cause::FinishedEarly => ClosingCause::FinishedEarly,
    };
    let counts = decision.map(|decision| decision.counts.as_slice()).unwrap_or_default();
    SubtaskDecided {
        subtask_id: key.subtask_id.to_string(),
        version: key.version,
        task_id: key.task_id.to_string(),
        label: decision.map(|decision| terms.text(decision.label).to_owned()).unwrap_or_default(),
        confidence: decision.map_or(0.0, |decision| decision.confidence),
        rule: decision.map_or(PLURALITY, |decision| decision.rule).to_owned(),
        cause: cause.into(),
        contested: decision.is_some_and(labelmesh_consensus::Decision::contested),
        votes: counts
            .iter()
            .map(|count| VoteCount { label: terms.text(count.label).to_owned(), votes: count.votes })
            .collect(),
        occurred_at: Some(timestamp(now)),
    }
}

/// Three operators have skipped an image.
#[must_use]
pub fn starved(image: &Locked, now: DateTime<Utc>) -> SubtaskStarved {
    SubtaskStarved {
        subtask_id: image.subtask_id.to_string(),
        version: image.version,
        task_id: image.task_id.to_string(),
        skips: image.skips,
        occurred_at: Some(timestamp(now)),
    }
}

/// A time as the contract writes it.
#[must_use]
pub fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: time.timestamp(), nanos }
}
