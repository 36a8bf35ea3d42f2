//! How votes become a decision.

use labelmesh_errors::{Error, Result};

use super::GoldRules;

/// The most votes that the contract lets an image need.
const MAX_REDUNDANCY: u32 = 50;
/// The most votes that the contract lets an image get.
const MAX_VOTES: u32 = 100;
/// How many more votes than it needs an image may get where the client says nothing.
const SPARE_VOTES: u32 = 2;
/// The confidences that are offered. Below, counting does as well; above, no number of votes makes a label so sure.
const LEAST_CONFIDENCE: f64 = 0.8;
const MOST_CONFIDENCE: f64 = 0.95;
/// How many times the fewest votes an image may get, beside the spare ones, where a confidence is to be reached.
const SPARE_TIMES: u32 = 3;

/// How votes become a decision, with every default filled in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Policy {
    redundancy: u32,
    max_votes: u32,
    confidence: f64,
    gold: GoldRules,
    one_vote_per_network: bool,
}

impl Policy {
    /// A policy as the client gave it. `confidence` 0 is the fixed rule, where `max_votes` 0 means two more than
    /// `redundancy`; with a confidence it means three times as many and two more.
    ///
    /// # Errors
    /// FIELD_INVALID where a number is out of bounds or `max_votes` is less than `redundancy`.
    pub(crate) fn new(redundancy: u32, max_votes: u32, confidence: f64) -> Result<Self> {
        if !(1..=MAX_REDUNDANCY).contains(&redundancy) {
            return Err(Error::invalid("policy.redundancy", format!("must be from 1 to {MAX_REDUNDANCY}")));
        }
        // Negative zero is zero; what is no number is in no range.
        let is_fixed = confidence == 0.0;
        if confidence > MOST_CONFIDENCE && confidence < 1.0 {
            let sentence = "must be 0, or from 0.8 to 0.95: people share mistakes, so no number of votes makes a label \
                            surer; gold images show how sure your operators can be, and make the confidence true for \
                            them";
            return Err(Error::invalid("policy.confidence", sentence));
        }
        if !is_fixed && !(LEAST_CONFIDENCE..=MOST_CONFIDENCE).contains(&confidence) {
            return Err(Error::invalid("policy.confidence", "must be 0, or from 0.8 to 0.95"));
        }
        let max_votes = match max_votes {
            0 if is_fixed => redundancy + SPARE_VOTES,
            0 => (SPARE_TIMES * redundancy + SPARE_VOTES).min(MAX_VOTES),
            given => given,
        };
        if max_votes < redundancy {
            return Err(Error::invalid("policy.max_votes", "must not be less than policy.redundancy"));
        }
        if max_votes > MAX_VOTES {
            return Err(Error::invalid("policy.max_votes", format!("must not be more than {MAX_VOTES}")));
        }
        let confidence = if is_fixed { 0.0 } else { confidence };
        Ok(Self { redundancy, max_votes, confidence, gold: GoldRules::default(), one_vote_per_network: false })
    }

    /// A policy that passed [`Policy::new`] when it was written down, whatever the rules are today.
    #[must_use]
    pub(crate) fn restored(redundancy: u32, max_votes: u32, confidence: f64) -> Self {
        Self { redundancy, max_votes, confidence, gold: GoldRules::default(), one_vote_per_network: false }
    }

    /// The same policy with other rules for gold images.
    #[must_use]
    pub(crate) fn with_gold(self, gold: GoldRules) -> Self {
        Self { gold, ..self }
    }

    /// The same policy, by which an image takes one vote from a source network, or as many as come.
    #[must_use]
    pub(crate) fn with_one_vote_per_network(self, one_vote_per_network: bool) -> Self {
        Self { one_vote_per_network, ..self }
    }

    /// Whether an image takes one vote alone from a source network.
    #[must_use]
    pub(crate) fn one_vote_per_network(self) -> bool {
        self.one_vote_per_network
    }

    /// How gold images are used.
    #[must_use]
    pub(crate) fn gold(self) -> GoldRules {
        self.gold
    }

    /// How many votes an image needs, or, with a confidence, gets at least.
    #[must_use]
    pub(crate) fn redundancy(self) -> u32 {
        self.redundancy
    }

    /// The most votes that an image may get.
    #[must_use]
    pub(crate) fn max_votes(self) -> u32 {
        self.max_votes
    }

    /// How probable it must be that a label is right; 0 for the fixed rule.
    #[must_use]
    pub(crate) fn confidence(self) -> f64 {
        self.confidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spare_votes_are_the_default() {
        let policy = Policy::new(3, 0, 0.0).expect("valid");
        assert_eq!((policy.redundancy(), policy.max_votes()), (3, 5));
        assert_eq!(Policy::new(50, 0, 0.0).expect("valid").max_votes(), 52);
    }

    #[test]
    fn a_confidence_may_take_three_times_the_votes_and_two_more() {
        for (redundancy, max_votes) in [(1, 5), (3, 11), (32, 98), (33, 100), (50, 100)] {
            assert_eq!(Policy::new(redundancy, 0, 0.9).expect("valid").max_votes(), max_votes);
        }
        assert_eq!(Policy::new(2, 4, 0.9).expect("valid").max_votes(), 4);
    }

    #[test]
    fn a_confidence_is_none_or_what_votes_can_show() {
        for confidence in [0.0, -0.0, 0.8, 0.95] {
            assert_eq!(Policy::new(3, 0, confidence).expect("valid").confidence(), confidence);
        }
        for confidence in [0.5, 0.1, 0.79, 0.951, 1.0, -0.9, 1.5, f64::NAN, f64::INFINITY] {
            assert!(Policy::new(3, 0, confidence).is_err(), "{confidence}");
        }
        let refused = Policy::new(3, 0, 0.98).expect_err("surer than votes can be").to_string();
        assert!(refused.contains("gold"), "{refused}");
        // What an earlier release took is still read.
        assert_eq!(Policy::restored(2, 9, 0.99).confidence(), 0.99);
    }

    #[test]
    fn numbers_must_fit_each_other() {
        assert_eq!(Policy::new(3, 3, 0.0).expect("valid").max_votes(), 3);
        for (redundancy, max_votes) in [(0, 0), (51, 0), (3, 2), (3, 101)] {
            assert!(Policy::new(redundancy, max_votes, 0.0).is_err(), "{redundancy} {max_votes}");
        }
    }
}
