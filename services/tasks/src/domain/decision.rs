//! Copies of what `subtasks` decided.

use chrono::{DateTime, Utc};
use labelmesh_ids::{ImageId, TaskId};
use serde::{Deserialize, Serialize};

use super::Progress;

/// How many votes a label got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LabelCount {
    /// The label.
    pub(crate) label: String,
    /// The number of votes.
    pub(crate) votes: u32,
}

/// What an image was found to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It bears a label.
    Decided {
        /// The label.
        label: String,
        /// How sure that is, 0 to 1.
        confidence: f64,
        /// The rule that decided, such as `plurality`.
        rule: String,
        /// Whether the votes were tied, or not sure enough, to the end.
        contested: bool,
        /// All labels with votes, the most first.
        votes: Vec<LabelCount>,
    },
    /// It was closed without any vote, after an early finish.
    Undecided,
}

impl Verdict {
    /// What it adds to its task's counts.
    #[must_use]
    pub(crate) fn counts(&self) -> Progress {
        match self {
            Self::Decided { contested, .. } => {
                Progress { decided: 1, contested: u64::from(*contested), ..Progress::default() }
            }
            Self::Undecided => Progress { undecided: 1, ..Progress::default() },
        }
    }
}

/// A decision about one image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    /// The task.
    pub(crate) task_id: TaskId,
    /// The image.
    pub(crate) image_id: ImageId,
    /// Of two decisions about an image the one with the higher version stands.
    pub(crate) version: u64,
    /// What it was found to be.
    pub(crate) verdict: Verdict,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// What is known of one image, for lists and exports.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ImageResult {
    /// Where the image stands among those of the task.
    pub(crate) position: i64,
    /// The image.
    pub(crate) image_id: ImageId,
    /// The name of its file.
    pub(crate) name: String,
    /// What it was found to be and when; none while votes are gathered.
    pub(crate) decided: Option<(Verdict, DateTime<Utc>)>,
    /// Whether it can't get the votes it needs.
    pub(crate) starved: bool,
}
