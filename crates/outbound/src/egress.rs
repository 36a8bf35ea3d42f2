//! A forward proxy for a browser, which calls what strangers' pages tell it to.

mod counted;
mod headers;
mod ledger;
mod proxy;
mod target;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, runtime::Handle, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use self::ledger::{Limit, Refused, Usage};
use self::{ledger::Ledger, proxy::Proxy};
use crate::{Addresses, Config, Lookup};

/// What one job may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes to and from servers together, as they are sent: with TLS, and compressed. Whatever is beyond ends
    /// everything.
    pub bytes: u64,
    /// Requests. Of those over TLS only the connections are seen. Those beyond are refused.
    pub requests: u32,
    /// Hosts by their names, or by their addresses where that is what is called. Requests to those beyond are refused.
    pub hosts: usize,
    /// Connections at once. Those beyond wait.
    pub connections: usize,
    /// How long it forwards. Then everything ends.
    pub time: Duration,
}

impl Default for Limits {
    /// What a page of the web may need.
    fn default() -> Self {
        Self { bytes: 50 << 20, requests: 300, hosts: 60, connections: 64, time: Duration::from_secs(60) }
    }
}

/// A forward proxy of HTTP on a loopback port, for one job. Dropping it ends all that goes through it.
#[derive(Debug)]
pub struct Egress {
    address: SocketAddr,
    ledger: Arc<Ledger>,
    _done: DropGuard,
}

impl Egress {
    /// One that forwards to whom [`Outbound`](crate::Outbound) would call, and looks names up by `lookup`. A connection
    /// has to be there in the configured time.
    ///
    /// # Errors
    /// If there is no free port, or this is not called within Tokio's runtime.
    pub fn bind(config: &Config, limits: Limits, lookup: Arc<dyn Lookup>) -> io::Result<Self> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let done = CancellationToken::new();
        let ledger = Arc::new(Ledger::new(limits, done.clone()));
        let proxy = Proxy {
            addresses: Addresses::and(config.allow.clone()),
            lookup,
            timeout: config.timeout,
            ledger: Arc::clone(&ledger),
            done: done.clone(),
        };
        runtime.spawn(forward(proxy, listener, limits));
        Ok(Self { address, ledger, _done: done.drop_guard() })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.ledger.usage()
    }
}

/// Forwards until it is done or the time is over.
async fn forward(proxy: Proxy, listener: TcpListener, limits: Limits) {
    let (ledger, done) = (Arc::clone(&proxy.ledger), proxy.done.clone());
    tokio::select! {
        () = done.cancelled() => {}
        () = sleep(limits.time) => ledger.end(Limit::Time),
        () = Arc::new(proxy).accept(listener, limits.connections) => {}
    }
}
