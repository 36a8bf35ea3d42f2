//! Events of this service, made from what was decided.

use chrono::{DateTime, Utc};
use labelmesh_consensus::PLURALITY;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_proto::subtasks::v1::{ClosingCause, OperatorPaused, SubtaskDecided, SubtaskStarved, VoteCount};
use labelmesh_proto::timestamp;

use crate::domain::{Cause, Closed, Terms};
use crate::store::subtasks::Locked;

/// An image was decided, or closed without any vote.
pub(crate) fn decided(task: TaskId, closed: &Closed, terms: &Terms, now: DateTime<Utc>) -> SubtaskDecided {
    let decision = closed.closing.decision.as_ref();
    let counts = decision.map(|decision| decision.counts.as_slice()).unwrap_or_default();
    SubtaskDecided {
        subtask_id: closed.subtask_id.to_string(),
        version: closed.version,
        task_id: task.to_string(),
        label: decision.map(|decision| terms.text(decision.label).to_owned()).unwrap_or_default(),
        confidence: decision.map_or(0.0, |decision| decision.confidence),
        rule: decision.map_or(PLURALITY, |decision| decision.rule).to_owned(),
        cause: cause(closed.closing.cause).into(),
        contested: closed.closing.contested(),
        votes: counts
            .iter()
            .map(|count| VoteCount { label: terms.text(count.label).to_owned(), votes: count.votes })
            .collect(),
        occurred_at: Some(timestamp(now)),
    }
}

/// A cause as the contract writes it.
pub(crate) fn cause(cause: Cause) -> ClosingCause {
    match cause {
        Cause::VotesComplete => ClosingCause::VotesComplete,
        Cause::TiedAtMaximum => ClosingCause::TiedAtMaximum,
        Cause::FinishedEarly => ClosingCause::FinishedEarly,
        Cause::Redecided => ClosingCause::Redecided,
        Cause::Adjudicated => ClosingCause::Adjudicated,
        Cause::Imported => ClosingCause::Imported,
        Cause::Gold => ClosingCause::Gold,
    }
}

/// An operator was paused in a task, for the `version`th time.
pub(crate) fn paused(
    task: TaskId,
    operator: UserId,
    version: u32,
    title: String,
    now: DateTime<Utc>,
) -> OperatorPaused {
    OperatorPaused {
        task_id: task.to_string(),
        operator_id: operator.to_string(),
        version: version.into(),
        title,
        occurred_at: Some(timestamp(now)),
    }
}

/// Three operators have skipped an image.
pub(crate) fn starved(image: &Locked, now: DateTime<Utc>) -> SubtaskStarved {
    SubtaskStarved {
        subtask_id: image.subtask_id.to_string(),
        version: image.version,
        task_id: image.task_id.to_string(),
        skips: image.skips,
        occurred_at: Some(timestamp(now)),
    }
}
