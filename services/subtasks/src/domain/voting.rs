//! What becomes of a vote and of a skip.

use labelmesh_consensus::Label;

use super::{Assignment, Refusal, Slots};

/// What becomes of a vote that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// The vote stood there already.
    Unchanged,
    /// The vote replaces the operator's earlier one and moves nothing else.
    Revised,
    /// The vote counts; the image has these slots now.
    Counted(Slots),
    /// The image was closed in the meantime: the vote is kept but decides nothing. The image has these slots now.
    Surplus(Slots),
}

/// What a voter hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The vote counts.
    Counted,
    /// The vote stood there already.
    Unchanged,
    /// The earlier vote was replaced.
    Revised,
    /// The vote is kept, but decides nothing.
    Surplus,
}

impl From<Cast> for Outcome {
    fn from(cast: Cast) -> Self {
        match cast {
            Cast::Unchanged => Self::Unchanged,
            Cast::Revised => Self::Revised,
            Cast::Counted(_) => Self::Counted,
            Cast::Surplus(_) => Self::Surplus,
        }
    }
}

/// Judges a vote. A vote under a lease whose place was not taken back is always accepted; a late one needs a free
/// place.
///
/// # Errors
/// Why it is refused.
pub fn cast(slots: Slots, assignment: Option<Assignment>, label: Label) -> Result<Cast, Refusal> {
    match assignment {
        None => Err(Refusal::NeverLeased),
        Some(Assignment::Skipped) => Err(Refusal::Skipped),
        Some(Assignment::Voted(given) | Assignment::Surplus(given)) if given == label => Ok(Cast::Unchanged),
        Some(Assignment::Voted(_)) if !slots.closed => Ok(Cast::Revised),
        Some(Assignment::Voted(_) | Assignment::Surplus(_)) => Err(Refusal::Decided),
        Some(Assignment::Leased) if slots.closed => Ok(Cast::Surplus(slots.without_lease())),
        Some(Assignment::Leased) => Ok(Cast::Counted(slots.with_vote(true))),
        Some(Assignment::Lapsed) if slots.closed => Err(Refusal::Decided),
        Some(Assignment::Lapsed) if slots.has_free() => Ok(Cast::Counted(slots.with_vote(false))),
        Some(Assignment::Lapsed) => Err(Refusal::LeaseExpired),
    }
}

/// Judges a recorded vote, whose operator never held a lease: one that is new counts while the image has a place that
/// nobody holds. One that came too late stays surplus.
///
/// # Errors
/// Why it is refused.
pub fn cast_recorded(slots: Slots, assignment: Option<Assignment>, label: Label) -> Result<Cast, Refusal> {
    match assignment {
        Some(Assignment::Surplus(given)) if given != label && !slots.closed => Ok(Cast::Surplus(slots)),
        Some(Assignment::Voted(_) | Assignment::Surplus(_)) => cast(slots, assignment, label),
        _ if slots.has_free() => Ok(Cast::Counted(slots.with_vote(false))),
        _ => Ok(Cast::Surplus(slots)),
    }
}

/// What becomes of a skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// It changes nothing: skipped or voted for already, so it never comes again anyway.
    Unchanged,
    /// The image never comes again; it has these slots now, and whether a place became free.
    Skipped {
        /// The slots.
        slots: Slots,
        /// Whether the place of a lease was given back.
        freed: bool,
    },
}

/// Judges a skip.
///
/// # Errors
/// If the image was never in this operator's hands.
pub fn skip(slots: Slots, assignment: Option<Assignment>) -> Result<Skip, Refusal> {
    match assignment {
        None => Err(Refusal::NeverLeased),
        Some(Assignment::Skipped | Assignment::Voted(_) | Assignment::Surplus(_)) => Ok(Skip::Unchanged),
        Some(Assignment::Leased) => Ok(Skip::Skipped { slots: slots.without_lease(), freed: true }),
        Some(Assignment::Lapsed) => Ok(Skip::Skipped { slots, freed: false }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Slots = Slots { wanted: 3, votes: 1, leases: 2, closed: false };
    const A: Label = Label(0);
    const B: Label = Label(1);

    #[test]
    fn a_vote_takes_the_place_of_its_lease() {
        let now = Slots { votes: 2, leases: 1, ..OPEN };
        assert_eq!(cast(OPEN, Some(Assignment::Leased), A), Ok(Cast::Counted(now)));
    }

    #[test]
    fn a_late_vote_needs_a_free_place() {
        assert_eq!(cast(OPEN, Some(Assignment::Lapsed), A), Err(Refusal::LeaseExpired));
        let roomy = Slots { leases: 1, ..OPEN };
        let now = Slots { votes: 2, ..roomy };
        assert_eq!(cast(roomy, Some(Assignment::Lapsed), A), Ok(Cast::Counted(now)));
        assert_eq!(cast(roomy.closed(), Some(Assignment::Lapsed), A), Err(Refusal::Decided));
    }

    #[test]
    fn a_vote_under_a_lease_of_a_closed_image_is_surplus() {
        let now = Slots { leases: 1, ..OPEN.closed() };
        assert_eq!(cast(OPEN.closed(), Some(Assignment::Leased), A), Ok(Cast::Surplus(now)));
        assert_eq!(cast(now, Some(Assignment::Surplus(A)), A), Ok(Cast::Unchanged));
        assert_eq!(cast(now, Some(Assignment::Surplus(A)), B), Err(Refusal::Decided));
    }

    #[test]
    fn a_vote_is_revised_while_the_image_is_open() {
        assert_eq!(cast(OPEN, Some(Assignment::Voted(A)), A), Ok(Cast::Unchanged));
        assert_eq!(cast(OPEN, Some(Assignment::Voted(A)), B), Ok(Cast::Revised));
        assert_eq!(cast(OPEN.closed(), Some(Assignment::Voted(A)), A), Ok(Cast::Unchanged));
        assert_eq!(cast(OPEN.closed(), Some(Assignment::Voted(A)), B), Err(Refusal::Decided));
    }

    #[test]
    fn a_recorded_vote_needs_no_lease_but_a_place_that_nobody_holds() {
        assert_eq!(cast_recorded(OPEN, None, A), Ok(Cast::Surplus(OPEN)));
        let roomy = Slots { leases: 1, ..OPEN };
        assert_eq!(cast_recorded(roomy, None, A), Ok(Cast::Counted(Slots { votes: 2, ..roomy })));
        assert_eq!(cast_recorded(roomy.closed(), None, A), Ok(Cast::Surplus(roomy.closed())));
        assert_eq!(cast_recorded(roomy, Some(Assignment::Voted(A)), A), Ok(Cast::Unchanged));
        assert_eq!(cast_recorded(roomy, Some(Assignment::Voted(A)), B), Ok(Cast::Revised));
        assert_eq!(cast_recorded(OPEN, Some(Assignment::Surplus(A)), B), Ok(Cast::Surplus(OPEN)));
        assert_eq!(cast_recorded(OPEN.closed(), Some(Assignment::Surplus(A)), B), Err(Refusal::Decided));
    }

    #[test]
    fn only_what_was_in_ones_hands_can_be_voted_for_or_skipped() {
        assert_eq!(cast(OPEN, None, A), Err(Refusal::NeverLeased));
        assert_eq!(cast(OPEN, Some(Assignment::Skipped), A), Err(Refusal::Skipped));
        assert_eq!(skip(OPEN, None), Err(Refusal::NeverLeased));
    }

    #[test]
    fn a_skip_gives_back_the_place_of_a_lease_alone() {
        let slots = Slots { leases: 1, ..OPEN };
        assert_eq!(skip(OPEN, Some(Assignment::Leased)), Ok(Skip::Skipped { slots, freed: true }));
        assert_eq!(skip(OPEN, Some(Assignment::Lapsed)), Ok(Skip::Skipped { slots: OPEN, freed: false }));
        assert_eq!(skip(OPEN, Some(Assignment::Voted(A))), Ok(Skip::Unchanged));
        assert_eq!(skip(OPEN, Some(Assignment::Skipped)), Ok(Skip::Unchanged));
    }
}
