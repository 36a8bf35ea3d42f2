//! How fast something has to pass, and how long a peer may still be waited for.

use std::time::Duration;

use tokio::time::Instant;

/// How fast something has to pass.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// So many bytes are worth a second of waiting.
    pub bytes_per_second: u32,
    /// How long a peer may be waited for that has nothing to its credit.
    pub patience: Duration,
}

impl Pace {
    /// How long a peer may be waited for that passes so many bytes.
    #[must_use]
    pub fn worth(self, bytes: usize) -> Duration {
        Duration::from_secs_f64(bytes as f64 / f64::from(self.bytes_per_second.max(1)))
    }
}

/// How long a peer may still be waited for. Only the time counts for which we wait for it.
#[derive(Debug)]
pub(super) struct Credit {
    pace: Pace,
    left: Duration,
    /// What the bytes are worth that it is waited for.
    under_way: Duration,
    waiting_since: Option<Instant>,
}

impl Credit {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, left: pace.patience, under_way: Duration::ZERO, waiting_since: None }
    }

    /// The peer is waited for from now on, if it was not before.
    pub(super) fn waits(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// So many bytes more are for the peer to take.
    pub(super) fn add(&mut self, bytes: usize) {
        // More than that can't be saved up: who took much at once and then nothing stalls.
        self.left = self.left.min(self.pace.patience + self.under_way);
        self.under_way = self.pace.worth(bytes);
        self.left += self.under_way;
    }

    /// The peer did what it was waited for.
    pub(super) fn moved(&mut self) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    /// The wait begins anew, with all patience.
    pub(super) fn forgive(&mut self) {
        self.left = self.pace.patience + self.under_way;
        self.waiting_since = self.waiting_since.map(|_| Instant::now());
    }

    /// When the peer was waited for long enough; none where it is not waited for.
    pub(super) fn ends(&self) -> Option<Instant> {
        self.waiting_since.map(|since| since + self.left)
    }
}
