//! How long an image may stay in one pair of hands, and what it costs to let a lease run out.

use chrono::{DateTime, TimeDelta, Utc};

/// After so many lengths of a lease an image is out of its holder's hands, however often the lease was prolonged.
const MOST_LENGTHS: i32 = 3;
/// So many lengths it then stays away from this operator.
const REST_LENGTHS: i32 = 1;
/// How many images the contract lets an operator hold.
const PLACES: u32 = 20;
/// For how long a lease that ran out costs a place.
const LAPSE_COSTS: TimeDelta = TimeDelta::hours(1);

/// How many of the `asked` places an operator gets after so many leases that ran out a short while ago: at least one,
/// so that whoever comes back can work.
#[must_use]
pub fn places(asked: u32, lapses: u32) -> u32 {
    match lapses {
        0 => asked.max(1),
        _ => asked.clamp(1, PLACES.saturating_sub(lapses).max(1)),
    }
}

/// Leases that ran out at this moment or before cost nothing any more.
#[must_use]
pub fn forgiven(now: DateTime<Utc>) -> DateTime<Utc> {
    now - LAPSE_COSTS
}

/// When the leases end that are given or prolonged at one moment.
///
/// The time counts from when the image came into the operator's hands. Giving it back and leasing it again does not
/// begin anew: otherwise whoever does both in turn would keep it for ever. It comes again while a whole lease fits into
/// what is left, and anew after a rest.
#[derive(Debug, Clone, Copy)]
pub struct LeaseTimes {
    now: DateTime<Utc>,
    length: TimeDelta,
}

impl LeaseTimes {
    /// Leases of this length.
    #[must_use]
    pub fn new(now: DateTime<Utc>, length: TimeDelta) -> Self {
        Self { now, length }
    }

    /// The moment at which they are given.
    #[must_use]
    pub fn now(self) -> DateTime<Utc> {
        self.now
    }

    /// When a lease ends that has its whole length.
    #[must_use]
    pub fn until(self) -> DateTime<Utc> {
        self.now + self.length
    }

    /// How long an image may be held.
    #[must_use]
    pub fn most(self) -> TimeDelta {
        self.length * MOST_LENGTHS
    }

    /// Into what is left of the time of an image that is held since earlier than this no whole lease fits.
    #[must_use]
    pub fn spent(self) -> DateTime<Utc> {
        self.now - self.length * (MOST_LENGTHS - 1)
    }

    /// An image that was held since then, or since earlier, has rested.
    #[must_use]
    pub fn rested(self) -> DateTime<Utc> {
        self.now - self.length * (MOST_LENGTHS + REST_LENGTHS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_lease_fits_before_the_end_or_comes_after_the_rest() {
        let times = LeaseTimes::new(DateTime::UNIX_EPOCH, TimeDelta::minutes(5));
        assert_eq!(times.until() - times.spent(), times.most());
        assert_eq!(times.spent() - times.rested(), TimeDelta::minutes(10));
    }

    #[test]
    fn every_lease_that_ran_out_costs_a_place_but_for_the_last() {
        assert_eq!([0, 1, 19, 20, 400].map(|lapses| places(20, lapses)), [20, 19, 1, 1, 1]);
        assert_eq!([(0, 3), (5, 0), (5, 15), (5, 17)].map(|(asked, lapses)| places(asked, lapses)), [1, 5, 5, 3]);
    }
}
