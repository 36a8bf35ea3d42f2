//! What all calls share.

use std::{net::IpAddr, sync::Arc};

use http::Request;
use labelmesh_clock::{Clock, Random};
use labelmesh_ids::EventId;
use labelmesh_server::{Draining, listen::RemoteAddress};
use labelmesh_transcode::Transcoder;
use tokio::sync::Semaphore;
use tonic::body::Body;

use crate::{
    address::{self, Network},
    tokens::Tokens,
    upstream::Upstreams,
};

/// What all calls share.
pub(crate) struct App {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) transcoder: Transcoder,
    pub(crate) upstreams: Upstreams,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) draining: Draining,
    pub(crate) trusted_proxies: Vec<Network>,
    /// Health and reflection, which the gateway answers itself.
    pub(crate) platform: axum::Router,
    /// One permit for each request that may be open.
    pub(crate) open_requests: Arc<Semaphore>,
}

impl App {
    /// An id for what comes from a client without one.
    pub(crate) fn new_id(&self) -> String {
        EventId::new(self.clock.now(), self.random.bytes()).to_string()
    }

    /// The address of the client who sent a request; none where it did not come over a connection.
    pub(crate) fn client_address(&self, request: &Request<Body>) -> Option<IpAddr> {
        let connected = request.extensions().get::<RemoteAddress>()?.0.ip();
        Some(address::client(connected, request.headers(), &self.trusted_proxies))
    }
}
