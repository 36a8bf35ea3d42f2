//! How long to wait before something is tried again.

use std::time::Duration;

/// A wait that doubles with every failure, up to a bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    /// The wait after the first failure.
    pub(crate) first: Duration,
    /// The longest wait.
    pub(crate) longest: Duration,
}

impl Backoff {
    /// The wait after so many failures in a row. `unit`, a random number from 0 to 1, takes off up to half of it, so
    /// that those who failed together do not come back together.
    pub(crate) fn after(self, failures: u32, unit: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        whole.mul_f64(1.0 - unit / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_bound_and_spreads_downwards() {
        let backoff = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(60) };
        let waits: Vec<_> = (1..=6).map(|failures| backoff.after(failures, 0.0).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        assert_eq!(backoff.after(2, 1.0), Duration::from_secs(5));
        assert_eq!(backoff.after(u32::MAX, 0.0), Duration::from_secs(60));
    }
}
