//! Why an operator gets fewer images than asked for.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Asked to come back after at least this, so that nobody turns in circles.
const SOONEST: Duration = Duration::from_millis(200);
/// After this at most, since a tie, a skip or a new task may bring work at any time.
const LATEST: Duration = Duration::from_secs(5);

/// Why there is nothing more to lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortageCause {
    /// No task is open, or this operator has voted for or skipped all that is open.
    NothingOpen,
    /// All images that are left for this operator are leased by others just now.
    AllLeased,
    /// There may be more: not everything was looked through.
    CutShort,
    /// There is work, but only in tasks in which this operator is paused.
    Paused,
}

/// Why there is nothing more to lease, and when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The cause.
    pub cause: ShortageCause,
    /// After how long it is worth asking again.
    pub retry_after: Duration,
    /// Images leased by others that this operator could still get, as far as they were counted.
    pub leased_by_others: u32,
}

impl Shortage {
    /// Explains a call that found too little.
    ///
    /// `exhaustive`: every task was looked through from its head and had nothing. `look_again`: when the first task that
    /// rests is looked through again, or `now` where the search was cut short. `others`: how many images others hold
    /// that this operator could get, and when the first of those leases ends. `paused`: whether there is work in a task
    /// in which the operator is paused.
    #[must_use]
    pub fn explain(
        now: DateTime<Utc>,
        exhaustive: bool,
        look_again: Option<DateTime<Utc>>,
        others: (u32, Option<DateTime<Utc>>),
        paused: bool,
    ) -> Self {
        let (leased_by_others, first_end) = others;
        let cause = match (leased_by_others, exhaustive) {
            (1.., _) => ShortageCause::AllLeased,
            (0, true) if paused => ShortageCause::Paused,
            (0, true) => ShortageCause::NothingOpen,
            (0, false) => ShortageCause::CutShort,
        };
        let next = match cause {
            // Looking through the same again is worth nothing before something has come.
            ShortageCause::NothingOpen | ShortageCause::Paused => None,
            ShortageCause::AllLeased | ShortageCause::CutShort => [look_again, first_end].into_iter().flatten().min(),
        };
        let wait = next.map_or(LATEST, |next| (next - now).max(TimeDelta::zero()).to_std().unwrap_or(LATEST));
        Self { cause, retry_after: wait.clamp(SOONEST, LATEST), leased_by_others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn at(seconds: i64) -> Option<DateTime<Utc>> {
        Some(NOW + TimeDelta::seconds(seconds))
    }

    #[test]
    fn images_that_others_hold_are_the_cause_before_anything_else() {
        let shortage = Shortage::explain(NOW, true, at(2), (3, at(1)), true);
        assert_eq!((shortage.cause, shortage.leased_by_others), (ShortageCause::AllLeased, 3));
        assert_eq!(shortage.retry_after, Duration::from_secs(1));
    }

    #[test]
    fn nothing_is_open_only_when_everything_was_looked_through() {
        assert_eq!(Shortage::explain(NOW, true, at(2), (0, None), false).cause, ShortageCause::NothingOpen);
        let cut = Shortage::explain(NOW, false, Some(NOW), (0, None), true);
        assert_eq!((cut.cause, cut.retry_after), (ShortageCause::CutShort, SOONEST));
    }

    #[test]
    fn a_pause_is_the_cause_where_nothing_else_is_left() {
        assert_eq!(Shortage::explain(NOW, true, at(2), (0, None), true).cause, ShortageCause::Paused);
    }

    #[test]
    fn nobody_is_sent_away_for_long() {
        assert_eq!(Shortage::explain(NOW, false, at(300), (1, at(300)), false).retry_after, LATEST);
    }
}
