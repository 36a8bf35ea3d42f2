//! The places that an image has for votes.

/// How many votes an image wants, has, and may get from those who hold it.
///
/// While it is open, `votes + leases <= wanted`, and fewer votes than wanted: whoever brings the last one decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Votes asked for at present.
    pub wanted: u16,
    /// Votes that count.
    pub votes: u16,
    /// Operators who hold it.
    pub leases: u16,
    /// Whether it is decided, or ended without a decision.
    pub closed: bool,
}

impl Slots {
    /// An image that nobody has seen.
    #[must_use]
    pub fn fresh(wanted: u16) -> Self {
        Self { wanted, votes: 0, leases: 0, closed: false }
    }

    /// Whether there is a place that nobody holds.
    #[must_use]
    pub fn has_free(self) -> bool {
        !self.closed && self.votes + self.leases < self.wanted
    }

    /// Whether the votes asked for are there.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.votes >= self.wanted
    }

    /// A lease has ended without a counted vote.
    #[must_use]
    pub fn without_lease(self) -> Self {
        Self { leases: self.leases.saturating_sub(1), ..self }
    }

    /// A vote has taken the place of a lease, or a free one.
    #[must_use]
    pub(super) fn with_vote(self, from_lease: bool) -> Self {
        let freed = if from_lease { self.without_lease() } else { self };
        Self { votes: freed.votes + 1, ..freed }
    }

    /// A counted vote was set aside. While the image is open it asks for another one in its place, and not for those
    /// that were asked for beyond the redundancy because of it.
    #[must_use]
    pub fn without_vote(self, redundancy: u16) -> Self {
        let left = Self { votes: self.votes.saturating_sub(1), ..self };
        if left.closed { left } else { Self { wanted: redundancy.max(left.votes + left.leases), ..left } }
    }

    /// The votes don't suffice: one more is asked for.
    #[must_use]
    pub fn wanting_one_more(self) -> Self {
        Self { wanted: self.wanted + 1, ..self }
    }

    /// Nothing counts any more.
    #[must_use]
    pub fn closed(self) -> Self {
        Self { closed: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_that_was_set_aside_leaves_a_place_and_asks_for_no_more_than_before_it() {
        let tied = Slots { wanted: 3, votes: 2, leases: 0, closed: false };
        assert_eq!(tied.without_vote(2), Slots { wanted: 2, votes: 1, ..tied });
        let held = Slots { wanted: 4, votes: 2, leases: 2, closed: false };
        assert_eq!(held.without_vote(2), Slots { wanted: 3, votes: 1, ..held }, "what is held stays promised");
        let left = Slots { wanted: 4, votes: 3, leases: 0, closed: false }.without_vote(2);
        assert!(left.is_full(), "the others may suffice");
        let decided = tied.closed();
        assert_eq!(decided.without_vote(2), Slots { votes: 1, ..decided });
    }
}
