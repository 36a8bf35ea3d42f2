//! Why an operator gets fewer images than asked for.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The shortest time after which to ask again, so that nobody turns in circles.
const SOONEST: Duration = Duration::from_millis(200);
/// The longest time after which to ask again, since a tie, a skip or a new task may bring work at any time.
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
    /// There is work, but only in tasks for which this operator can't qualify any more.
    Unqualified,
    /// Leases of this operator ran out a short while ago, and each costs a place.
    Lapsed,
    /// There is work, but only in this operator's own tasks.
    OwnTasks,
    /// There is work, but only in tasks that are open to others.
    NotInvited,
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
    /// `exhaustive`: every task was looked through from its head and had nothing. `look_again`: when the first task
    /// that rests is looked through again, or `now` where the search was cut short. `others`: how many images others
    /// hold that this operator could get, and when the first of those leases ends. `barred`: where there is work in
    /// tasks that are closed to this operator, why they are.
    #[must_use]
    pub fn explain(
        now: DateTime<Utc>,
        exhaustive: bool,
        look_again: Option<DateTime<Utc>>,
        others: (u32, Option<DateTime<Utc>>),
        barred: Option<ShortageCause>,
    ) -> Self {
        let (leased_by_others, first_end) = others;
        let cause = match (leased_by_others, exhaustive) {
            (1.., _) => ShortageCause::AllLeased,
            (0, true) => barred.unwrap_or(ShortageCause::NothingOpen),
            (0, false) => ShortageCause::CutShort,
        };
        let next = match cause {
            // Looking through the same again is worth nothing before something has come.
            ShortageCause::NothingOpen
            | ShortageCause::Paused
            | ShortageCause::Unqualified
            | ShortageCause::Lapsed
            | ShortageCause::OwnTasks
            | ShortageCause::NotInvited => None,
            ShortageCause::AllLeased | ShortageCause::CutShort => [look_again, first_end].into_iter().flatten().min(),
        };
        let wait = next.map_or(LATEST, |next| (next - now).max(TimeDelta::zero()).to_std().unwrap_or(LATEST));
        Self { cause, retry_after: wait.clamp(SOONEST, LATEST), leased_by_others }
    }

    /// The operator holds as many images as leases that ran out leave places.
    #[must_use]
    pub fn lapsed() -> Self {
        Self { cause: ShortageCause::Lapsed, retry_after: LATEST, leased_by_others: 0 }
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
        let shortage = Shortage::explain(NOW, true, at(2), (3, at(1)), Some(ShortageCause::Paused));
        assert_eq!((shortage.cause, shortage.leased_by_others), (ShortageCause::AllLeased, 3));
        assert_eq!(shortage.retry_after, Duration::from_secs(1));
    }

    #[test]
    fn nothing_is_open_only_when_everything_was_looked_through() {
        assert_eq!(Shortage::explain(NOW, true, at(2), (0, None), None).cause, ShortageCause::NothingOpen);
        let cut = Shortage::explain(NOW, false, Some(NOW), (0, None), Some(ShortageCause::Paused));
        assert_eq!((cut.cause, cut.retry_after), (ShortageCause::CutShort, SOONEST));
    }

    #[test]
    fn what_bars_the_operator_is_the_cause_where_nothing_else_is_left() {
        let causes =
            [ShortageCause::Paused, ShortageCause::Unqualified, ShortageCause::OwnTasks, ShortageCause::NotInvited];
        for cause in causes {
            let shortage = Shortage::explain(NOW, true, at(2), (0, None), Some(cause));
            assert_eq!((shortage.cause, shortage.retry_after), (cause, LATEST));
        }
    }

    #[test]
    fn nobody_is_sent_away_for_long() {
        assert_eq!(Shortage::explain(NOW, false, at(300), (1, at(300)), None).retry_after, LATEST);
    }
}
