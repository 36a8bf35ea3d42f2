//! What callers may hold at the gateway, together and each.

use std::time::Duration;

use labelmesh_identity::Network;
use labelmesh_server::listen::Pace;
use serde::Deserialize;

/// What callers may hold at once, together and each. What is beyond is refused with OVERLOADED.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests that may be open at once, streams included: 4096.
    pub requests: usize,
    /// Of those, from one network, a /24 of IPv4 or a /64 of IPv6: 1024.
    pub requests_per_network: usize,
    /// Of those, from one network by people who have not signed in: 64.
    pub strangers_per_network: usize,
    /// Of those, by one user: 64.
    pub requests_per_user: usize,
    /// Health and reflection at once, a quarter of them from one network: 64.
    pub platform: usize,
    /// Memory for requests that are being read and for large answers until they are taken, in bytes; an eighth of it is
    /// for one user, or for those of one network who have not signed in, and a quarter for one network: 64 MiB.
    pub memory_bytes: usize,
    /// Calls of one user, or of the strangers of one network, that are with the services at once and answered with one
    /// message; more wait for their turn: 4.
    pub calls_per_user: usize,
    /// Uploads and imports of one user at once; more wait for their turn: 8.
    pub uploads_per_user: usize,
    /// Connections at once: 8192.
    pub connections: usize,
    /// Of those, from one network, but for trusted proxies: 1024.
    pub connections_per_network: usize,
    /// Streams on one connection of HTTP/2: 128.
    pub streams_per_connection: u32,
    /// How fast a body has to come, in bytes a second: 4096.
    pub body_bytes_per_second: u32,
    /// How long a client may be waited for that sends more slowly than that, in milliseconds: 10,000; three times as
    /// long with a file.
    pub body_patience_ms: u64,
    /// How fast an answer has to be taken, in bytes a second: 4096.
    pub answer_bytes_per_second: u32,
    /// How long a client may be waited for that takes its answer more slowly than that, in milliseconds: 30,000. One
    /// that still sends is waited for.
    pub answer_patience_ms: u64,
    /// How many times the contract's rates are allowed; more than once is for load tests: 1.
    pub rate_factor: u32,
    /// Of how many callers and methods it is remembered what they used: 100,000.
    pub rates_remembered: u64,
    /// Networks that have no bound of their own, since many people are behind one address there: offices, and whoever
    /// tests from one machine. None by default.
    pub shared_networks: Vec<Network>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 4096,
            requests_per_network: 1024,
            strangers_per_network: 64,
            requests_per_user: 64,
            platform: 64,
            memory_bytes: 64 << 20,
            calls_per_user: 4,
            uploads_per_user: 8,
            connections: 8192,
            connections_per_network: 1024,
            streams_per_connection: 128,
            body_bytes_per_second: 4096,
            body_patience_ms: 10_000,
            answer_bytes_per_second: 4096,
            answer_patience_ms: 30_000,
            rate_factor: 1,
            rates_remembered: 100_000,
            shared_networks: Vec::new(),
        }
    }
}

impl Limits {
    /// How fast a body has to come.
    pub(crate) fn body_pace(&self) -> Pace {
        let patience = Duration::from_millis(self.body_patience_ms);
        Pace { bytes_per_second: self.body_bytes_per_second, patience }
    }

    /// How fast an answer has to be taken.
    pub(crate) fn answer_pace(&self) -> Pace {
        let patience = Duration::from_millis(self.answer_patience_ms);
        Pace { bytes_per_second: self.answer_bytes_per_second, patience }
    }
}
