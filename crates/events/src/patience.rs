//! How long to wait before trying again.

use std::time::Duration;

use labelmesh_clock::Random;
use tokio_util::sync::CancellationToken;

use crate::Bus;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// Pauses that double from a tenth of a second to ten seconds, each shortened at random by up to a half. A connection
/// that is back ends a pause, and they start over.
#[derive(Debug)]
pub(crate) struct Patience {
    random: Random,
    failures: u32,
    /// How many connections there were when we last tried.
    connections: u64,
}

impl Patience {
    pub(crate) fn new(random: Random) -> Self {
        Self { random, failures: 0, connections: 0 }
    }

    /// Starts over, after something went well.
    pub(crate) fn restore(&mut self) {
        self.failures = 0;
    }

    /// The next pause.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = pause(self.failures, FIRST, LONGEST, &self.random);
        self.failures += 1;
        pause
    }

    /// Waits for the next pause to pass, for another connection to the broker, or for the end. The caller looks at
    /// `stop` itself.
    pub(crate) async fn wait(&mut self, bus: &Bus, stop: &CancellationToken) {
        let pause = self.next();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
            connections = bus.connected_anew(self.connections) => {
                self.connections = connections;
                self.restore();
            }
        }
    }
}

/// The pause after so many failures before this one.
pub(crate) fn pause(failures: u32, first: Duration, longest: Duration, random: &Random) -> Duration {
    let full = first.saturating_mul(1 << failures.min(20)).min(longest);
    full.mul_f64(0.5 + random.unit() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_over() {
        let mut patience = Patience::new(Random::seeded(1));
        let pauses: Vec<Duration> = (0..10).map(|_| patience.next()).collect();
        assert!(pauses[0] >= FIRST / 2 && pauses[0] <= FIRST, "{pauses:?}");
        assert!(pauses[3] >= FIRST * 4 && pauses[3] <= FIRST * 8, "{pauses:?}");
        assert!(pauses[9] >= LONGEST / 2 && pauses[9] <= LONGEST, "{pauses:?}");
        patience.restore();
        assert!(patience.next() <= FIRST);
    }
}
