//! How an image's labeling ends.

use labelmesh_consensus::{AUTO, Count, Decision, Label, StopRule};
use labelmesh_ids::{SubtaskId, UserId};

/// The rule of a decision that a person has made.
pub const ADJUDICATED: &str = "adjudicated";

/// The rule of a decision that was made elsewhere.
pub const IMPORTED: &str = "imported";

/// The rule of a decision that was known beforehand.
pub const GOLD: &str = "gold";

/// Why an image was closed, or decided again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The votes it needed were there: one label led, or was sure enough.
    VotesComplete,
    /// The most votes allowed were there, and still tied or not sure enough.
    TiedAtMaximum,
    /// The task was finished early.
    FinishedEarly,
    /// The image was decided again from the same votes by another method.
    Redecided,
    /// A person has set the label.
    Adjudicated,
    /// The decision was made elsewhere and brought in.
    Imported,
    /// The label was known beforehand.
    Gold,
}

impl Cause {
    const ALL: [Self; 7] = [
        Self::VotesComplete,
        Self::TiedAtMaximum,
        Self::FinishedEarly,
        Self::Redecided,
        Self::Adjudicated,
        Self::Imported,
        Self::Gold,
    ];

    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::VotesComplete => "votes_complete",
            Self::TiedAtMaximum => "tied_at_maximum",
            Self::FinishedEarly => "finished_early",
            Self::Redecided => "redecided",
            Self::Adjudicated => "adjudicated",
            Self::Imported => "imported",
            Self::Gold => "gold",
        }
    }

    /// The cause of a word in the database.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// The end of an image's labeling.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The decision; none where there were no votes.
    pub decision: Option<Decision>,
    /// Why it ended.
    pub cause: Cause,
    /// The version of the reliabilities with which it was decided, where there were any.
    pub snapshot: Option<u32>,
    /// Who decided, where it was a person.
    pub ruling: Option<Ruling>,
}

/// What a person has decided beside the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Who.
    pub by: UserId,
    /// What they had to say.
    pub comment: String,
}

impl Closing {
    /// The stop rule has decided, with this snapshot of reliabilities to look at, if any.
    #[must_use]
    pub fn decided(decision: Decision, stop: StopRule, snapshot: Option<u32>) -> Self {
        let unsure = stop.confidence().is_some_and(|asked| decision.confidence < asked);
        let cause = if unsure || decision.contested() { Cause::TiedAtMaximum } else { Cause::VotesComplete };
        let snapshot = snapshot.filter(|_| decision.rule == AUTO);
        Self { decision: Some(decision), cause, snapshot, ruling: None }
    }

    /// Whether it is worth a person's look: other labels had the same claim, or the label was not sure enough.
    #[must_use]
    pub fn contested(&self) -> bool {
        self.cause == Cause::TiedAtMaximum || self.decision.as_ref().is_some_and(Decision::contested)
    }

    /// The task was finished early; the votes at hand decide, with this snapshot of reliabilities to look at, if any.
    #[must_use]
    pub fn early(decision: Option<Decision>, snapshot: Option<u32>) -> Self {
        let snapshot = snapshot.filter(|_| decision.as_ref().is_some_and(|decision| decision.rule == AUTO));
        Self { decision, cause: Cause::FinishedEarly, snapshot, ruling: None }
    }

    /// It was decided again by another method.
    #[must_use]
    pub fn again(decision: Decision) -> Self {
        Self { decision: Some(decision), cause: Cause::Redecided, snapshot: None, ruling: None }
    }

    /// The label was known beforehand.
    #[must_use]
    pub fn gold(label: Label) -> Self {
        let decision =
            Decision { label, confidence: 1.0, tied: Vec::new(), counts: Vec::new(), rule: GOLD, basis: None };
        Self { decision: Some(decision), cause: Cause::Gold, snapshot: None, ruling: None }
    }

    /// A decision that was made elsewhere, whatever the votes say.
    #[must_use]
    pub fn imported(label: Label, confidence: f64, counts: Vec<Count>) -> Self {
        let decision = Decision { label, confidence, tied: Vec::new(), counts, rule: IMPORTED, basis: None };
        Self { decision: Some(decision), cause: Cause::Imported, snapshot: None, ruling: None }
    }

    /// A person has set the label, whatever the votes say.
    #[must_use]
    pub fn adjudicated(label: Label, counts: Vec<Count>, ruling: Ruling) -> Self {
        let decision = Decision { label, confidence: 1.0, tied: Vec::new(), counts, rule: ADJUDICATED, basis: None };
        Self { decision: Some(decision), cause: Cause::Adjudicated, snapshot: None, ruling: Some(ruling) }
    }
}

/// An image with the end of its labeling.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The version of the image with this.
    pub version: u64,
    /// How it ended.
    pub closing: Closing,
}
