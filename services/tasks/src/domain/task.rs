//! The life of a task: draft, open, completed or cancelled.

use chrono::{DateTime, Utc};
use labelmesh_acts::Facts;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::{TaskId, UserId};

use super::{Audience, Draft};

/// A set of images, the labels they may bear, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    /// Its id.
    pub(crate) id: TaskId,
    /// The client who owns it.
    pub(crate) owner: UserId,
    /// What was asked for.
    pub(crate) draft: Draft,
    /// Who is handed its images.
    pub(crate) audience: Audience,
    /// Counts the changes of that.
    pub(crate) audience_version: u64,
    /// When it was created.
    pub(crate) created_at: DateTime<Utc>,
    /// Grows with every change.
    pub(crate) version: u64,
    /// Where it stands.
    pub(crate) state: State,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Images may be uploaded; nobody labels yet.
    Draft {
        /// How many there are so far.
        images: u64,
    },
    /// Operators label.
    Open(Labeling),
    /// Every image is decided or reported undecided.
    Completed {
        /// What came of it.
        labeling: Labeling,
        /// When the last image was.
        ended_at: DateTime<Utc>,
    },
    /// Cancelled by its owner.
    Cancelled {
        /// How many images there were.
        images: u64,
        /// How far it had come; none where it was cancelled as a draft.
        labeling: Option<Labeling>,
        /// When.
        ended_at: DateTime<Utc>,
    },
}

/// What a task has from its submission on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Labeling {
    /// When it was submitted.
    pub(crate) submitted_at: DateTime<Utc>,
    /// How many images it has, fixed by then.
    pub(crate) images: u64,
    /// Whether it is to be ended with the votes at hand.
    pub(crate) finishing: bool,
    /// How far it has come.
    pub(crate) progress: Progress,
}

/// How far a task has come, in images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// With a decision.
    pub(crate) decided: u64,
    /// Decided, and tied, or not sure enough, to the end.
    pub(crate) contested: u64,
    /// Closed without any vote.
    pub(crate) undecided: u64,
    /// Skipped by so many that they may never get their votes, and not closed.
    pub(crate) starved: u64,
}

impl std::ops::AddAssign for Progress {
    fn add_assign(&mut self, more: Self) {
        self.decided += more.decided;
        self.contested += more.contested;
        self.undecided += more.undecided;
        self.starved += more.starved;
    }
}

impl Progress {
    /// How far it is without what has been replaced.
    #[must_use]
    pub(crate) fn without(self, less: Self) -> Self {
        Self {
            decided: self.decided.saturating_sub(less.decided),
            contested: self.contested.saturating_sub(less.contested),
            undecided: self.undecided.saturating_sub(less.undecided),
            starved: self.starved.saturating_sub(less.starved),
        }
    }
}

impl Facts for Task {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let (draft, policy) = (&self.draft, self.draft.policy());
        let state = match &self.state {
            State::Draft { .. } => "draft",
            State::Open(labeling) if labeling.finishing => "finishing",
            State::Open(_) => "open",
            State::Completed { .. } => "completed",
            State::Cancelled { .. } => "cancelled",
        };
        vec![
            ("owner", self.owner.to_string()),
            ("title", draft.title().to_owned()),
            ("instructions", draft.instructions().to_owned()),
            ("labels", serde_json::json!(draft.labels()).to_string()),
            ("redundancy", policy.redundancy().to_string()),
            ("max_votes", policy.max_votes().to_string()),
            ("confidence", policy.confidence().to_string()),
            ("gold_share", policy.gold().share().to_string()),
            ("gold_accuracy", policy.gold().accuracy().to_string()),
            ("gold_qualification", policy.gold().qualification().to_string()),
            ("one_vote_per_network", policy.one_vote_per_network().to_string()),
            ("audience", self.audience.to_string()),
            ("state", state.to_owned()),
        ]
    }
}

/// What came of a transition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// The task has changed: save it and tell.
    Changed(Task),
    /// It was so already: this is a repeat, and there is nothing to do.
    Unchanged(Task),
}

impl Task {
    /// A new task.
    #[must_use]
    pub(crate) fn new(id: TaskId, owner: UserId, draft: Draft, audience: Audience, now: DateTime<Utc>) -> Self {
        let state = State::Draft { images: 0 };
        Self { id, owner, draft, audience, audience_version: 1, created_at: now, version: 1, state }
    }

    /// How many images it has.
    #[must_use]
    pub(crate) fn images(&self) -> u64 {
        match &self.state {
            State::Draft { images } | State::Cancelled { images, .. } => *images,
            State::Open(labeling) | State::Completed { labeling, .. } => labeling.images,
        }
    }

    /// What it has from its submission on; none for a task that was never submitted.
    #[must_use]
    pub(crate) fn labeling(&self) -> Option<&Labeling> {
        match &self.state {
            State::Draft { .. } => None,
            State::Open(labeling) | State::Completed { labeling, .. } => Some(labeling),
            State::Cancelled { labeling, .. } => labeling.as_ref(),
        }
    }

    /// How far it has come.
    #[must_use]
    pub(crate) fn progress(&self) -> Progress {
        self.labeling().map(|labeling| labeling.progress).unwrap_or_default()
    }

    /// When it was completed or cancelled.
    #[must_use]
    pub(crate) fn ended_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Draft { .. } | State::Open(_) => None,
            State::Completed { ended_at, .. } | State::Cancelled { ended_at, .. } => Some(ended_at),
        }
    }

    /// Says that images may be added.
    ///
    /// # Errors
    /// TASK_NOT_DRAFT.
    pub(crate) fn check_draft(&self) -> Result<()> {
        match self.state {
            State::Draft { .. } => Ok(()),
            _ => Err(Error::new(
                Reason::TaskNotDraft,
                "the task is not a draft any more, and what was submitted stands: create another task for what is new",
            )),
        }
    }

    /// With another text, labels or policy.
    ///
    /// # Errors
    /// TASK_NOT_DRAFT.
    pub(crate) fn redrafted(self, draft: Draft) -> Result<Self> {
        self.check_draft()?;
        Ok(Self { draft, version: self.version + 1, ..self })
    }

    /// Says that it may be deleted.
    ///
    /// # Errors
    /// TASK_OPEN.
    pub(crate) fn check_deletable(&self) -> Result<()> {
        match self.state {
            State::Open(_) => {
                Err(Error::new(Reason::TaskOpen, "the task is open: finish or cancel it before it is deleted"))
            }
            State::Draft { .. } | State::Completed { .. } | State::Cancelled { .. } => Ok(()),
        }
    }

    /// Opens a draft for labeling, so many of whose images are gold. A task that was submitted before, even one that is
    /// completed by now, stays as it is.
    ///
    /// # Errors
    /// TASK_WITHOUT_IMAGES, also where the labels of all are known; FIELD_INVALID where there are fewer gold images
    /// than an operator must have answered well; TASK_ENDED for a cancelled task.
    pub(crate) fn submit(self, gold: u64, now: DateTime<Utc>) -> Result<Step> {
        match self.state {
            State::Draft { images: 0 } => {
                Err(Error::new(Reason::TaskWithoutImages, "upload images before the task is submitted"))
            }
            State::Draft { images } if images <= gold => {
                Err(Error::new(Reason::TaskWithoutImages, "upload images whose label is not known"))
            }
            State::Draft { .. } if u64::from(self.draft.policy().gold().qualification()) > gold => {
                let rule = format!("must not be more than the task has gold images: {gold}");
                Err(Error::invalid("policy.qualification", rule))
            }
            State::Draft { images } => {
                let labeling = Labeling { submitted_at: now, images, finishing: false, progress: Progress::default() };
                Ok(self.becomes(State::Open(labeling)))
            }
            State::Open(_) | State::Completed { .. } => Ok(Step::Unchanged(self)),
            State::Cancelled { .. } => Err(ended("cancelled")),
        }
    }

    /// Opens a draft or an open task to somebody else. One that is open to them already stays as it is.
    ///
    /// # Errors
    /// TASK_ENDED.
    pub(crate) fn open_to(self, audience: Audience) -> Result<Step> {
        match self.state {
            State::Completed { .. } => Err(ended("completed")),
            State::Cancelled { .. } => Err(ended("cancelled")),
            State::Draft { .. } | State::Open(_) if self.audience == audience => Ok(Step::Unchanged(self)),
            State::Draft { .. } | State::Open(_) => {
                let (version, audience_version) = (self.version + 1, self.audience_version + 1);
                Ok(Step::Changed(Self { audience, audience_version, version, ..self }))
            }
        }
    }

    /// Ends an open task with the votes at hand. One that is finishing, or has finished, stays as it is.
    ///
    /// # Errors
    /// TASK_NOT_OPEN for a draft; TASK_ENDED for a task that ended by itself or was cancelled.
    pub(crate) fn finish(self) -> Result<Step> {
        match self.state {
            State::Draft { .. } => Err(Error::new(Reason::TaskNotOpen, "the task was not submitted yet")),
            State::Open(labeling) if labeling.finishing => Ok(Step::Unchanged(self)),
            State::Open(labeling) => Ok(self.becomes(State::Open(Labeling { finishing: true, ..labeling }))),
            State::Completed { labeling, .. } if labeling.finishing => Ok(Step::Unchanged(self)),
            State::Completed { .. } => Err(ended("completed")),
            State::Cancelled { .. } => Err(ended("cancelled")),
        }
    }

    /// Cancels a draft or an open task. A cancelled one stays as it is.
    ///
    /// # Errors
    /// TASK_ENDED for a completed task.
    pub(crate) fn cancel(self, now: DateTime<Utc>) -> Result<Step> {
        match self.state {
            State::Draft { images } => Ok(self.becomes(State::Cancelled { images, labeling: None, ended_at: now })),
            State::Open(labeling) => {
                let (images, labeling) = (labeling.images, Some(labeling));
                Ok(self.becomes(State::Cancelled { images, labeling, ended_at: now }))
            }
            State::Cancelled { .. } => Ok(Step::Unchanged(self)),
            State::Completed { .. } => Err(ended("completed")),
        }
    }

    /// Whether decisions about its images are kept: those of a cancelled task stay as they were.
    #[must_use]
    pub(crate) fn keeps_decisions(&self) -> bool {
        matches!(self.state, State::Open(_) | State::Completed { .. })
    }

    /// Brings the counts of a task to `progress`, and completes an open one when every image is accounted for. A
    /// completed one stays completed: its images are only decided again. A cancelled one changes no more.
    #[must_use]
    pub(crate) fn advance(self, progress: Progress, now: DateTime<Utc>) -> Step {
        if self.progress() == progress {
            return Step::Unchanged(self);
        }
        match self.state {
            State::Open(labeling) if progress.decided + progress.undecided >= labeling.images => {
                self.becomes(State::Completed { labeling: Labeling { progress, ..labeling }, ended_at: now })
            }
            State::Open(labeling) => self.becomes(State::Open(Labeling { progress, ..labeling })),
            State::Completed { labeling, ended_at } => {
                self.becomes(State::Completed { labeling: Labeling { progress, ..labeling }, ended_at })
            }
            State::Draft { .. } | State::Cancelled { .. } => Step::Unchanged(self),
        }
    }

    fn becomes(self, state: State) -> Step {
        Step::Changed(Self { version: self.version + 1, state, ..self })
    }
}

fn ended(how: &str) -> Error {
    Error::new(Reason::TaskEnded, format!("the task is {how}"))
}

#[cfg(test)]
mod tests;
