//! What `subtasks` tells the service.

use labelmesh_proto::{
    subtasks::v1::{ClosingCause, SubtaskDecided, SubtaskStarved, VoteCount},
    tasks::v1::Task,
};
use prost_types::Timestamp;

/// An image got its three votes.
pub(crate) fn decided(task: &Task, image_id: &str, label: &str) -> SubtaskDecided {
    SubtaskDecided {
        subtask_id: image_id.to_owned(),
        version: 4,
        task_id: task.task_id.clone(),
        label: label.to_owned(),
        confidence: 1.0,
        rule: "plurality".to_owned(),
        cause: ClosingCause::VotesComplete.into(),
        contested: false,
        votes: vec![VoteCount { label: label.to_owned(), votes: 3 }],
        occurred_at: Some(Timestamp { seconds: 1_800_000_100, nanos: 0 }),
    }
}

/// An image was closed without votes.
pub(crate) fn undecided(task: &Task, image_id: &str) -> SubtaskDecided {
    SubtaskDecided {
        label: String::new(),
        confidence: 0.0,
        cause: ClosingCause::FinishedEarly.into(),
        votes: Vec::new(),
        ..decided(task, image_id, "")
    }
}

/// Three operators have skipped an image.
pub(crate) fn starved(task: &Task, image_id: &str) -> SubtaskStarved {
    SubtaskStarved {
        subtask_id: image_id.to_owned(),
        version: 2,
        task_id: task.task_id.clone(),
        skips: 3,
        occurred_at: Some(Timestamp { seconds: 1_800_000_100, nanos: 0 }),
    }
}
