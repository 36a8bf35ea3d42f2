//! Log lines that a caller can cause at will are bounded for each.

use labelmesh_clock::{Clock, Random};
use labelmesh_identity::Network;
use labelmesh_rates::{Key, Quota, Rates};
use metrics::counter;

/// How many callers are remembered.
const REMEMBERED: u64 = 10_000;
/// How many lines one network can cause in a minute, and at once.
const PER_MINUTE: u32 = 60;
const BURST: u32 = 60;

/// Bounds the log lines that each network can cause. `log_lines_withheld_total` counts the others.
pub struct Lines(Rates);

impl Lines {
    /// Nobody has caused any yet.
    #[must_use]
    pub fn new(clock: Clock, random: &Random) -> Self {
        Self(Rates::new(REMEMBERED, clock, random))
    }

    /// Whether one more may be written for a caller in this network; always where there is none.
    #[must_use]
    pub fn allow(&self, network: Option<Network>) -> bool {
        let Some(network) = network else { return true };
        let allowed = self.0.take(Key::of("line", &network.to_string()), Quota::new(PER_MINUTE, BURST));
        if allowed.refused_for.is_some() {
            counter!("log_lines_withheld_total").increment(1);
        }
        allowed.refused_for.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_causes_so_many_lines_and_hides_nobody_elses() {
        let lines = Lines::new(Clock::manual(chrono::DateTime::UNIX_EPOCH), &Random::seeded(1));
        let network = |address: &str| Some(Network::around(address.parse().expect("an address")));
        let written = (0..1000).filter(|_| lines.allow(network("9.9.9.9"))).count();
        assert_eq!(written, BURST as usize);
        assert!(lines.allow(network("9.9.8.9")) && lines.allow(None));
    }
}
