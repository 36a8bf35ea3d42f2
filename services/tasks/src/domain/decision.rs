//! Copies of what `subtasks` decided.

use chrono::{DateTime, Utc};
use labelmesh_ids::{ImageId, TaskId};
use serde::{Deserialize, Serialize};

/// How many votes a label got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// The number of votes.
    pub votes: u32,
}

/// What an image was found to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It bears a label.
    Decided {
        /// The label.
        label: String,
        /// How sure that is, 0 to 1.
        confidence: f64,
        /// The rule that decided, such as `plurality`.
        rule: String,
        /// Whether the votes were tied to the end.
        contested: bool,
        /// All labels with votes, the most first.
        votes: Vec<LabelCount>,
    },
    /// It was closed without any vote, after an early finish.
    Undecided,
}

/// A decision about one image.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The task.
    pub task_id: TaskId,
    /// The image.
    pub image_id: ImageId,
    /// What it was found to be.
    pub verdict: Verdict,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is known of one image, for lists and exports.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageResult {
    /// Where the image stands in the order of upload.
    pub position: i64,
    /// The image.
    pub image_id: ImageId,
    /// The name of its file.
    pub name: String,
    /// What it was found to be and when; none while votes are gathered.
    pub decided: Option<(Verdict, DateTime<Utc>)>,
}
