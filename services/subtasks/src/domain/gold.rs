//! Images whose label is known, and what operators' answers on them say.

use chrono::{DateTime, Utc};
use labelmesh_consensus::Label;
use labelmesh_consensus::gold::{Bar, Standing, UnfitBar};

use super::{Assignment, Cast, Refusal, Slots};

/// How a task uses its gold images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoldRules {
    /// Of the images that an operator is handed, how many are gold: 0 to 1.
    pub share: f64,
    /// How often an operator must be right on them: 0 to 1, both excluded.
    pub accuracy: f64,
    /// How many of them an operator must have labeled right before other images come.
    pub qualification: u16,
}

impl Default for GoldRules {
    /// As in a task without gold images.
    fn default() -> Self {
        Self { share: 0.0, accuracy: 0.7, qualification: 0 }
    }
}

/// What an operator's answers on the gold images of a task came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// How many are right.
    pub right: u32,
    /// How many are wrong.
    pub wrong: u32,
    /// The right ones when the operator was resumed last.
    pub forgiven_right: u32,
    /// The wrong ones when the operator was resumed last.
    pub forgiven_wrong: u32,
    /// Since when the operator is paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// How often the operator was paused.
    pub pauses: u32,
}

impl Record {
    /// Whether images other than gold may come.
    #[must_use]
    pub fn qualified(&self, qualification: u16) -> bool {
        self.right >= u32::from(qualification)
    }

    /// Whether the operator is to be paused now.
    ///
    /// # Errors
    /// If nobody or everybody meets this accuracy.
    pub fn misses(&self, accuracy: f64) -> Result<bool, UnfitBar> {
        let (right, wrong) =
            (self.right.saturating_sub(self.forgiven_right), self.wrong.saturating_sub(self.forgiven_wrong));
        Ok(self.paused_at.is_none() && Bar::new(accuracy)?.standing(right, wrong) == Standing::Paused)
    }
}

/// Judges an answer on a gold image. The operator hears what a voter would hear of any other image that is open as long
/// as the task is (`over` says that it is not), so that nothing tells the images apart.
///
/// # Errors
/// Why it is refused.
pub fn answer(slots: Slots, assignment: Assignment, label: Label, over: bool) -> Result<Cast, Refusal> {
    match assignment {
        Assignment::Skipped => Err(Refusal::Skipped),
        Assignment::Voted(given) | Assignment::Surplus(given) if given == label => Ok(Cast::Unchanged),
        Assignment::Leased if over => Ok(Cast::Surplus(slots.without_lease())),
        Assignment::Leased => Ok(Cast::Counted(slots.without_lease())),
        _ if over => Err(Refusal::Decided),
        Assignment::Voted(_) | Assignment::Surplus(_) => Ok(Cast::Revised),
        Assignment::Lapsed => Ok(Cast::Counted(slots)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: Slots = Slots { wanted: 3, votes: 0, leases: 2, closed: true };
    const FREED: Slots = Slots { leases: 1, ..HELD };
    const A: Label = Label(0);
    const B: Label = Label(1);

    #[test]
    fn an_answer_is_heard_as_a_vote_is() {
        assert_eq!(answer(HELD, Assignment::Leased, A, false), Ok(Cast::Counted(FREED)));
        assert_eq!(answer(HELD, Assignment::Lapsed, A, false), Ok(Cast::Counted(HELD)));
        assert_eq!(answer(HELD, Assignment::Surplus(A), A, false), Ok(Cast::Unchanged));
        assert_eq!(answer(HELD, Assignment::Surplus(A), B, false), Ok(Cast::Revised));
        assert_eq!(answer(HELD, Assignment::Skipped, B, false), Err(Refusal::Skipped));
    }

    #[test]
    fn after_the_end_of_the_task_it_is_as_with_any_image() {
        assert_eq!(answer(HELD, Assignment::Leased, A, true), Ok(Cast::Surplus(FREED)));
        assert_eq!(answer(HELD, Assignment::Lapsed, A, true), Err(Refusal::Decided));
        assert_eq!(answer(HELD, Assignment::Surplus(A), B, true), Err(Refusal::Decided));
        assert_eq!(answer(HELD, Assignment::Surplus(A), A, true), Ok(Cast::Unchanged));
    }

    #[test]
    fn who_was_resumed_is_judged_by_what_came_since() {
        let record = Record { right: 0, wrong: 10, ..Record::default() };
        assert_eq!(record.misses(0.7), Ok(true));
        assert_eq!(Record { paused_at: Some(DateTime::UNIX_EPOCH), ..record }.misses(0.7), Ok(false));
        let resumed = Record { forgiven_wrong: 10, wrong: 12, right: 3, ..record };
        assert_eq!(resumed.misses(0.7), Ok(false));
        assert_eq!(Record { wrong: 20, right: 0, ..resumed }.misses(0.7), Ok(true));
        assert!(resumed.qualified(3) && !resumed.qualified(4));
        assert_eq!(record.misses(1.0), Err(UnfitBar));
    }
}
