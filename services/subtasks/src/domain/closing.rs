//! How an image's labeling ends.

use labelmesh_consensus::Decision;

/// Why an image was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The votes it needed were there, and one label led.
    VotesComplete,
    /// The most votes allowed were there, and still tied.
    TiedAtMaximum,
    /// The task was finished early.
    FinishedEarly,
}

impl Cause {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::VotesComplete => "votes_complete",
            Self::TiedAtMaximum => "tied_at_maximum",
            Self::FinishedEarly => "finished_early",
        }
    }
}

/// The end of an image's labeling.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The decision; none where there were no votes.
    pub decision: Option<Decision>,
    /// Why it ended.
    pub cause: Cause,
}

impl Closing {
    /// The stop rule has decided.
    #[must_use]
    pub fn decided(decision: Decision) -> Self {
        let cause = if decision.contested() { Cause::TiedAtMaximum } else { Cause::VotesComplete };
        Self { decision: Some(decision), cause }
    }

    /// The task was finished early, with these votes at hand.
    #[must_use]
    pub fn early(decision: Option<Decision>) -> Self {
        Self { decision, cause: Cause::FinishedEarly }
    }
}
