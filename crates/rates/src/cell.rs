//! One key's use of its quota, as one number.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use crate::{Quota, Taken};

/// No news of others makes somebody wait for longer than that beyond what they used here.
const LONGEST_DEBT: i64 = 3600 * 1_000_000;

/// The time, in microseconds since 1970, at which all of the quota will be there again: the "theoretical arrival time"
/// of the generic cell rate algorithm.
#[derive(Debug, Default)]
pub(crate) struct Cell(AtomicI64);

impl Cell {
    /// Takes one, or says when there will be one.
    pub(crate) fn take(&self, quota: Quota, now: i64) -> Taken {
        let interval = quota.interval() as i64;
        let whole = interval * i64::from(quota.burst());
        let one_more = |arrival: i64| {
            let next = arrival.max(now) + interval;
            (next - now <= whole).then_some(next)
        };
        let (arrival, refused_for) = match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more) {
            Ok(before) => (before.max(now) + interval, None),
            Err(before) => (before, Some(micros(before + interval - whole - now))),
        };
        let used = arrival - now;
        let remaining = u32::try_from((whole - used).max(0) / interval).unwrap_or(u32::MAX);
        Taken { quota, remaining, whole_after: micros(used), refused_for }
    }

    /// Adds what was taken elsewhere.
    pub(crate) fn add(&self, used: u64, now: i64) {
        let used = i64::try_from(used).unwrap_or(LONGEST_DEBT).min(LONGEST_DEBT);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |arrival| {
            let next = arrival.max(now) + used;
            Some(next.min(arrival.max(now + LONGEST_DEBT)))
        });
    }
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
