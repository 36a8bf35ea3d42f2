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
