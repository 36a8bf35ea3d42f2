//! A gRPC server that stands in for a service.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::server::Router;

/// A server on a free port. Stopped with the value.
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    _running: DropGuard,
}

impl Serving {
    /// Serves what is in `router`.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(router.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stopped));
        Self { address, _running: stop.drop_guard() }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URI.
    ///
    /// # Panics
    /// Never: an address is part of a URI.
    #[must_use]
    pub fn uri(&self) -> http::Uri {
        format!("http://{}", self.address).parse().expect("a URI")
    }
}
