//! The lanes of a task's queue.

use labelmesh_consensus::{Snapshot, StopRule, Vote, lane, worth};

/// Into how many lanes images are sorted that want an extra vote: the first of these is served before fresh images.
const BY_WORTH: u8 = 4;

/// A part of a task's queue; the first is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane(u8);

impl Lane {
    /// Images that have been in somebody's hands, or want an extra vote that tells much.
    pub const AGAIN: Self = Self(0);
    /// Images that nobody has seen, or that wait for further votes of the first round.
    pub const FRESH: Self = Self(1);
    /// How many there are. Those behind [`FRESH`](Self::FRESH) have images that want an extra vote which tells less and
    /// less: until it is given, others teach more of the operators, and a newer snapshot may do without it.
    pub const COUNT: usize = 1 + BY_WORTH as usize;

    /// The lane in which an image with these votes waits for one more, by how sure its label is already. The fixed rule
    /// does not ask for sureness.
    #[must_use]
    pub fn for_one_more(stop: StopRule, votes: &[Vote], snapshot: Option<&Snapshot>) -> Self {
        let decision = stop.confidence().and_then(|_| stop.decide(votes, snapshot));
        match decision.map_or(0, |decision| lane(worth(decision.confidence), BY_WORTH)) {
            0 => Self::AGAIN,
            less => Self(Self::FRESH.0 + less),
        }
    }

    /// Those in which images wait for an extra vote, in the order in which they are served.
    pub fn waiting() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(Self::COUNT).filter(|lane| *lane != Self::FRESH)
    }

    /// The number in the database, from 0.
    #[must_use]
    pub fn number(self) -> i16 {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_consensus::{Label, Operator};

    use super::*;

    fn lane_of(stop: StopRule, labels: &[u16]) -> Lane {
        let vote = |&label| Vote { operator: Operator(0), label: Label(label) };
        Lane::for_one_more(stop, &labels.iter().map(vote).collect::<Vec<_>>(), None)
    }

    #[test]
    fn what_is_in_doubt_is_served_before_what_is_fresh_and_the_surest_last() {
        let stop = StopRule::until(0.99, 2, 9).expect("fit");
        let lanes = [&[0, 1][..], &[0, 1, 0], &[0, 0], &[0, 0, 0]].map(|labels| lane_of(stop, labels).number());
        assert_eq!(lanes, [0, 0, 3, 4]);
    }

    #[test]
    fn a_tie_under_the_fixed_rule_and_no_vote_at_all_are_served_first() {
        assert_eq!(lane_of(StopRule::new(2, 9).expect("fit"), &[0, 1]), Lane::AGAIN);
        assert_eq!(lane_of(StopRule::until(0.9, 2, 9).expect("fit"), &[]), Lane::AGAIN);
    }

    #[test]
    fn images_wait_for_an_extra_vote_everywhere_but_among_the_fresh() {
        assert_eq!(Lane::waiting().map(Lane::number).collect::<Vec<_>>(), [0, 2, 3, 4]);
    }
}
