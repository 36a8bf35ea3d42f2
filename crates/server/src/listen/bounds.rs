//! What those who connect may hold.

use std::{net::IpAddr, sync::Arc, time::Duration};

use labelmesh_identity::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Pace;
use crate::{Share, Shares};

/// What those who connect may hold. The default is for peers within the mesh, whose calls the stack itself bounds.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Streams on one connection of HTTP/2.
    pub streams: u32,
    /// How much of a stream of HTTP/2 may wait to be read, in bytes.
    pub stream_window: u32,
    /// How much of a connection of HTTP/1.1 may wait to be read, and how much of an answer to be taken, in bytes. The
    /// headers of a request of HTTP/1.1 are no larger.
    pub buffer_bytes: usize,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one network (see [`Network::around`]).
    pub connections_per_network: usize,
    /// How fast an answer has to be taken. A stream of HTTP/2 is reset that is slower, and a connection closed.
    pub pace: Pace,
    /// Where whoever connects is not alone, such as a proxy: these networks have no bound of their own.
    pub unbounded: Vec<Network>,
    /// Who keeps connections of HTTP/1.1 for later calls, as a proxy does: these networks may do so for as long as they
    /// like. Whoever closes a connection at the moment at which the proxy calls on it costs that call.
    pub proxies: Vec<Network>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            streams: 8192,
            stream_window: 128 * 1024,
            buffer_bytes: 400 * 1024,
            connections: Semaphore::MAX_PERMITS,
            connections_per_network: usize::MAX,
            pace: Pace { bytes_per_second: 4096, patience: Duration::from_secs(30) },
            unbounded: Vec::new(),
            proxies: Vec::new(),
        }
    }
}

/// The connections that are open.
pub(super) struct Connections {
    all: Arc<Semaphore>,
    networks: Shares<Network>,
    unbounded: Vec<Network>,
}

/// A place for one connection.
pub(super) struct Place {
    _one: OwnedSemaphorePermit,
    _network: Option<Share<Network>>,
}

impl Connections {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            all: Arc::new(Semaphore::new(bounds.connections)),
            networks: Shares::new(bounds.connections_per_network),
            unbounded: bounds.unbounded.clone(),
        }
    }

    /// A place for a connection from this address; `None` where there is none.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let network = if self.unbounded.iter().any(|network| network.contains(address)) {
            None
        } else {
            Some(self.networks.take(&Network::around(address), 1)?)
        };
        let one = self.all.clone().try_acquire_owned().ok()?;
        Some(Place { _one: one, _network: network })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_its_share_of_the_connections_and_a_proxy_has_all() {
        let bounds = Bounds {
            connections: 5,
            connections_per_network: 2,
            unbounded: vec!["10.0.0.0/8".parse().expect("a network")],
            ..Bounds::default()
        };
        let connections = Connections::new(&bounds);
        let from = |address: &str| connections.take(address.parse().expect("an address"));
        let mut held: Vec<_> = ["9.9.9.1", "9.9.9.2", "10.0.0.1", "10.0.0.2"].map(from).into();
        assert!(held.iter().all(Option::is_some));
        assert!(from("9.9.9.3").is_none(), "two are from that network");
        held.push(from("9.9.8.1"));
        assert!(held[4].is_some() && from("10.0.0.3").is_none(), "five are open");
        held.clear();
        assert!(from("9.9.9.3").is_some());
    }
}
