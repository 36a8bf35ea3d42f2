//! When an image has votes enough.

use crate::{Decision, Vote, plurality};

/// A fixed redundancy with more votes on a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRule {
    redundancy: u16,
    max_votes: u16,
}

/// Numbers that make no stop rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitStopRule;

impl std::fmt::Display for UnfitStopRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the redundancy must be at least 1 and the most votes not less than it")
    }
}

impl std::error::Error for UnfitStopRule {}

/// What is to be done with an image that has got the votes it wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It wants one vote more.
    OneMore,
    /// It is decided.
    Decided(Decision),
}

impl StopRule {
    /// `redundancy` votes, and on a tie one more at a time until there are `max_votes`.
    ///
    /// # Errors
    /// If `redundancy` is 0 or more than `max_votes`.
    pub fn new(redundancy: u16, max_votes: u16) -> Result<Self, UnfitStopRule> {
        if redundancy == 0 || max_votes < redundancy { Err(UnfitStopRule) } else { Ok(Self { redundancy, max_votes }) }
    }

    /// How many votes an image wants at first.
    #[must_use]
    pub fn redundancy(&self) -> u16 {
        self.redundancy
    }

    /// How many votes an image gets at most.
    #[must_use]
    pub fn max_votes(&self) -> u16 {
        self.max_votes
    }

    /// Judges the votes of an image in the order in which they came. Fewer than the redundancy are never enough.
    #[must_use]
    pub fn judge(&self, votes: &[Vote]) -> Verdict {
        if votes.len() < usize::from(self.redundancy) {
            return Verdict::OneMore;
        }
        match plurality(votes) {
            Some(decision) if !decision.contested() || votes.len() >= usize::from(self.max_votes) => {
                Verdict::Decided(decision)
            }
            _ => Verdict::OneMore,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Label, Operator};

    fn vote(label: u16) -> Vote {
        Vote { operator: Operator(0), label: Label(label) }
    }

    #[test]
    fn a_rule_without_votes_or_with_a_maximum_below_the_redundancy_is_none() {
        assert_eq!(StopRule::new(0, 3), Err(UnfitStopRule));
        assert_eq!(StopRule::new(4, 3), Err(UnfitStopRule));
        assert!(StopRule::new(3, 3).is_ok());
    }

    #[test]
    fn a_tie_asks_for_one_more_until_the_maximum() {
        let rule = StopRule::new(2, 4).expect("fit");
        let mut votes = vec![vote(0)];
        assert_eq!(rule.judge(&votes), Verdict::OneMore);
        votes.push(vote(1));
        assert_eq!(rule.judge(&votes), Verdict::OneMore);
        votes.push(vote(2));
        assert_eq!(rule.judge(&votes), Verdict::OneMore);
        votes.push(vote(3));
        let Verdict::Decided(decision) = rule.judge(&votes) else { panic!("the maximum ends it") };
        assert_eq!((decision.label, decision.tied.len()), (Label(0), 4));
    }

    proptest! {
        #[test]
        fn every_sequence_of_votes_ends_between_the_redundancy_and_the_maximum(
            redundancy in 1u16..6, extra in 0u16..4, labels in prop::collection::vec(0u16..3, 10)
        ) {
            let rule = StopRule::new(redundancy, redundancy + extra).expect("fit");
            let mut votes = Vec::new();
            let mut labels = labels.into_iter();
            let decision = loop {
                match rule.judge(&votes) {
                    Verdict::OneMore => votes.push(vote(labels.next().expect("at most nine votes"))),
                    Verdict::Decided(decision) => break decision,
                }
            };
            let given = u16::try_from(votes.len()).expect("few");
            prop_assert!((redundancy..=redundancy + extra).contains(&given));
            prop_assert!(!decision.contested() || given == redundancy + extra);
        }
    }
}
