//! Images whose label is known, and what operators' answers on them say.

use chrono::{DateTime, Utc};
use labelmesh_consensus::Label;
use labelmesh_consensus::gold::{Bar, Standing, UnfitBar};

use super::{Assignment, Cast, Refusal, Slots};

/// How a task uses its gold images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoldRules {
    /// The share of gold among the images that an operator is handed: 0 to 1.
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

/// For what an image is handed out that needs no vote. Those of one kind lie on a ring in an order made by chance; the
/// place says which ring it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// To operators who are not qualified yet. Whoever has seen them knows their labels, so they serve for nothing
    /// else.
    Qualification,
    /// Among what qualified operators are handed.
    Control,
    /// Images that are decided, beside those for control: otherwise what comes to more people than it wants votes would
    /// be gold.
    Decoy,
}

impl Ring {
    /// The first and the last place.
    #[must_use]
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Self::Qualification => (i64::MIN, -1),
            Self::Control => (0, i64::MAX >> 1),
            Self::Decoy => ((i64::MAX >> 1) + 1, i64::MAX),
        }
    }

    /// The place that a number made by chance stands for.
    #[must_use]
    pub fn place(self, number: i64) -> i64 {
        match self {
            Self::Qualification => number | i64::MIN,
            Self::Control => number & (i64::MAX >> 1),
            Self::Decoy => (number & (i64::MAX >> 1)) + (i64::MAX >> 1) + 1,
        }
    }
}

/// What an operator's answers on the gold images of a task came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GoldRecord {
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
    /// How many images of the task the operator was handed, gold or not.
    pub seen: u32,
    /// How many of them the operator has skipped.
    pub skips: u32,
    /// Since when the operator is excluded from the task.
    pub excluded_at: Option<DateTime<Utc>>,
    /// Whether votes of theirs are still to become surplus.
    pub setting_aside: bool,
}

impl GoldRecord {
    /// Whether votes count.
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

/// How an operator's own answer on a gold image stands among those of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherAnswers {
    /// Theirs is one of the answers.
    Among {
        /// Its place among them, from 1.
        place: u64,
        /// All answers.
        answers: u64,
    },
    /// They have given none.
    Without {
        /// How many others have given since their lease ended.
        since: u64,
        /// How many others hold it.
        held: u64,
    },
}

impl OtherAnswers {
    /// Why a vote would be refused by now if this were an image that is not gold and wants this many votes.
    ///
    /// Everybody may answer on gold, while another image is done with a few votes. So answers are taken in groups of
    /// that many, each of which is as good as an image: whoever is in a group that is full hears that the image is
    /// decided.
    #[must_use]
    pub fn refuses(self, redundancy: u16) -> Option<Refusal> {
        let wanted = u64::from(redundancy.max(1));
        match self {
            Self::Among { place, answers } => (answers >= place.div_ceil(wanted) * wanted).then_some(Refusal::Decided),
            Self::Without { since, .. } if since >= wanted => Some(Refusal::Decided),
            Self::Without { since, held } => (since + held >= wanted).then_some(Refusal::LeaseExpired),
        }
    }
}

/// Judges an answer on a gold image. The operator hears what a voter would hear of any other image, so that nothing
/// tells the images apart: `over` says that it can't be open any more, and `refusal` why what was not under a lease
/// would be refused anyway.
///
/// # Errors
/// Why it is refused.
pub fn answer(
    slots: Slots,
    assignment: Assignment,
    label: Label,
    over: bool,
    refusal: Option<Refusal>,
) -> Result<Cast, Refusal> {
    let refusal = if over { Some(Refusal::Decided) } else { refusal };
    match (assignment, refusal) {
        (Assignment::Skipped, _) => Err(Refusal::Skipped),
        (Assignment::Voted(given) | Assignment::Surplus(given), _) if given == label => Ok(Cast::Unchanged),
        (Assignment::Leased, _) if over => Ok(Cast::Surplus(slots.without_lease())),
        (Assignment::Leased, _) => Ok(Cast::Counted(slots.without_lease())),
        (_, Some(refusal)) => Err(refusal),
        (Assignment::Voted(_) | Assignment::Surplus(_), None) => Ok(Cast::Revised),
        (Assignment::Lapsed, None) => Ok(Cast::Counted(slots)),
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
        assert_eq!(answer(HELD, Assignment::Leased, A, false, None), Ok(Cast::Counted(FREED)));
        assert_eq!(answer(HELD, Assignment::Lapsed, A, false, None), Ok(Cast::Counted(HELD)));
        assert_eq!(answer(HELD, Assignment::Surplus(A), A, false, None), Ok(Cast::Unchanged));
        assert_eq!(answer(HELD, Assignment::Surplus(A), B, false, None), Ok(Cast::Revised));
        assert_eq!(answer(HELD, Assignment::Skipped, B, false, None), Err(Refusal::Skipped));
        let expired = Some(Refusal::LeaseExpired);
        assert_eq!(answer(HELD, Assignment::Lapsed, A, false, expired), Err(Refusal::LeaseExpired));
        assert_eq!(answer(HELD, Assignment::Surplus(A), A, false, expired), Ok(Cast::Unchanged));
    }

    #[test]
    fn a_place_tells_its_ring() {
        for ring in [Ring::Qualification, Ring::Control, Ring::Decoy] {
            let (first, last) = ring.bounds();
            for number in [i64::MIN, -1, 0, 1, i64::MAX >> 1, i64::MAX] {
                assert!((first..=last).contains(&ring.place(number)), "{ring:?} {number}");
            }
        }
        assert!(Ring::Qualification.bounds().1 < Ring::Control.bounds().0);
        assert!(Ring::Control.bounds().1 < Ring::Decoy.bounds().0);
    }

    #[test]
    fn after_the_end_of_the_task_it_is_as_with_any_image() {
        assert_eq!(answer(HELD, Assignment::Leased, A, true, None), Ok(Cast::Surplus(FREED)));
        assert_eq!(answer(HELD, Assignment::Lapsed, A, true, None), Err(Refusal::Decided));
        assert_eq!(answer(HELD, Assignment::Surplus(A), B, true, None), Err(Refusal::Decided));
        assert_eq!(answer(HELD, Assignment::Surplus(A), A, true, None), Ok(Cast::Unchanged));
    }

    #[test]
    fn an_answer_can_be_changed_as_long_as_any_vote_could() {
        let decided = |place, answers| OtherAnswers::Among { place, answers }.refuses(3) == Some(Refusal::Decided);
        assert!(!decided(1, 1) && !decided(1, 2) && decided(1, 3), "the first three");
        assert!(!decided(4, 4) && !decided(4, 5) && decided(4, 6), "the next three");
        assert!(decided(2, 3) && decided(3, 3) && decided(3, 100));
        assert_eq!(OtherAnswers::Among { place: 1, answers: 1 }.refuses(1), Some(Refusal::Decided), "at once");
    }

    #[test]
    fn what_was_given_back_can_be_answered_while_a_place_would_be_free() {
        let told = |since, held| OtherAnswers::Without { since, held }.refuses(3);
        assert_eq!((told(0, 2), told(2, 0)), (None, None));
        assert_eq!((told(1, 2), told(0, 3)), (Some(Refusal::LeaseExpired), Some(Refusal::LeaseExpired)));
        assert_eq!(told(3, 0), Some(Refusal::Decided));
    }

    #[test]
    fn who_was_resumed_is_judged_by_what_came_since() {
        let record = GoldRecord { right: 0, wrong: 10, ..GoldRecord::default() };
        assert_eq!(record.misses(0.7), Ok(true));
        assert_eq!(GoldRecord { paused_at: Some(DateTime::UNIX_EPOCH), ..record }.misses(0.7), Ok(false));
        let resumed = GoldRecord { forgiven_wrong: 10, wrong: 12, right: 3, ..record };
        assert_eq!(resumed.misses(0.7), Ok(false));
        assert_eq!(GoldRecord { wrong: 20, right: 0, ..resumed }.misses(0.7), Ok(true));
        assert!(resumed.qualified(3) && !resumed.qualified(4));
        assert_eq!(record.misses(1.0), Err(UnfitBar));
    }
}
