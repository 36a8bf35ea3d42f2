//! How often something may be done.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// How often something may be done: so many times a minute, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    per_minute: u32,
    burst: u32,
}

impl Quota {
    /// At least one a minute, and one at once.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Self {
        Self { per_minute: per_minute.max(1), burst: burst.max(1) }
    }

    /// How many at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// How long it takes until the whole burst is there again.
    #[must_use]
    pub fn window(self) -> Duration {
        Duration::from_micros(self.interval() * u64::from(self.burst))
    }

    /// The microseconds for which one attempt uses the quota up.
    pub(crate) fn interval(self) -> u64 {
        (MINUTE.as_micros() as u64 / u64::from(self.per_minute)).max(1)
    }
}
