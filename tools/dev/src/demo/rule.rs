//! The rule by which votes become a decision, in the demo's own words: the check of the service's decisions must not
//! use the service's own code.

/// How many votes an image gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// So many at first.
    pub(crate) redundancy: usize,
    /// No more than so many, while they are tied.
    pub(crate) max_votes: usize,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) label: u8,
    /// Tied to the end.
    pub(crate) contested: bool,
}

impl Policy {
    /// The decision on votes in the order in which they came; none while another vote is asked for.
    pub(crate) fn decide(self, votes: &[u8]) -> Option<Decision> {
        if votes.len() < self.redundancy {
            return None;
        }
        let counts = votes.iter().fold([0; 10], count);
        let most = counts.into_iter().max()?;
        let contested = counts.into_iter().filter(|count| *count == most).count() > 1;
        if contested && votes.len() < self.max_votes {
            return None;
        }
        // Of tied labels the one stands that had so many votes first.
        let mut sofar = [0; 10];
        let label = votes.iter().copied().find(|vote| {
            sofar = count(sofar, vote);
            sofar[usize::from(*vote)] == most
        })?;
        Some(Decision { label, contested })
    }
}

fn count(mut counts: [usize; 10], vote: &u8) -> [usize; 10] {
    counts[usize::from(*vote)] += 1;
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { redundancy: 3, max_votes: 5 };

    #[test]
    fn asks_for_another_vote_while_tied_and_gives_in_at_the_most() {
        assert_eq!(POLICY.decide(&[1, 7]), None);
        assert_eq!(POLICY.decide(&[1, 7, 7]), Some(Decision { label: 7, contested: false }));
        assert_eq!(POLICY.decide(&[1, 7, 4]), None);
        assert_eq!(POLICY.decide(&[1, 7, 4, 4]), Some(Decision { label: 4, contested: false }));
        assert_eq!(POLICY.decide(&[1, 7, 4, 9, 3]), Some(Decision { label: 1, contested: true }));
        assert_eq!(POLICY.decide(&[2, 7, 4, 4, 7]), Some(Decision { label: 4, contested: true }));
    }
}
