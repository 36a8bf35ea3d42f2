//! How votes become a decision.

use labelmesh_errors::{Error, Result};

/// The most votes that the contract lets an image need.
const MAX_REDUNDANCY: u32 = 50;
/// The most votes that the contract lets an image get.
const MAX_VOTES: u32 = 100;
/// How many more votes than it needs an image may get where the client says nothing.
const SPARE_VOTES: u32 = 2;

/// How votes become a decision, with every default filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    redundancy: u32,
    max_votes: u32,
}

impl Policy {
    /// A policy as the client gave it: `max_votes` 0 means two more than `redundancy`.
    ///
    /// # Errors
    /// FIELD_INVALID where a number is out of bounds or `max_votes` is less than `redundancy`.
    pub(crate) fn new(redundancy: u32, max_votes: u32) -> Result<Self> {
        if !(1..=MAX_REDUNDANCY).contains(&redundancy) {
            return Err(Error::invalid("policy.redundancy", format!("must be from 1 to {MAX_REDUNDANCY}")));
        }
        let max_votes = if max_votes == 0 { redundancy + SPARE_VOTES } else { max_votes };
        if max_votes < redundancy {
            return Err(Error::invalid("policy.max_votes", "must not be less than policy.redundancy"));
        }
        if max_votes > MAX_VOTES {
            return Err(Error::invalid("policy.max_votes", format!("must not be more than {MAX_VOTES}")));
        }
        Ok(Self { redundancy, max_votes })
    }

    /// A policy that passed [`Policy::new`] when it was written down, whatever the rules are today.
    #[must_use]
    pub(crate) fn restored(redundancy: u32, max_votes: u32) -> Self {
        Self { redundancy, max_votes }
    }

    /// How many votes an image needs.
    #[must_use]
    pub(crate) fn redundancy(self) -> u32 {
        self.redundancy
    }

    /// The most votes that an image may get while they are tied.
    #[must_use]
    pub(crate) fn max_votes(self) -> u32 {
        self.max_votes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spare_votes_are_the_default() {
        let policy = Policy::new(3, 0).expect("valid");
        assert_eq!((policy.redundancy(), policy.max_votes()), (3, 5));
        assert_eq!(Policy::new(50, 0).expect("valid").max_votes(), 52);
    }

    #[test]
    fn numbers_must_fit_each_other() {
        assert_eq!(Policy::new(3, 3).expect("valid").max_votes(), 3);
        for (redundancy, max_votes) in [(0, 0), (51, 0), (3, 2), (3, 101)] {
            assert!(Policy::new(redundancy, max_votes).is_err(), "{redundancy} {max_votes}");
        }
    }
}
