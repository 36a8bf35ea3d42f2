//! What all calls share.

use std::sync::{Arc, Once};

use labelmesh_clock::{Clock, Random};
use labelmesh_identity::Network;
use labelmesh_ids::EventId;
use labelmesh_server::{Draining, Lines, listen::Pace};
use labelmesh_transcode::Transcoder;

use crate::{
    memory::{Memory, Turns},
    places::Places,
    rates::MethodRates,
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
    /// Whether it was said that somebody who is not trusted claims to be a proxy.
    pub(crate) unbelieved_proxy: Once,
    /// Health and reflection, which the gateway answers itself.
    pub(crate) platform: axum::Router,
    pub(crate) places: Arc<Places>,
    pub(crate) rates: Arc<MethodRates>,
    /// Bounds what callers can make us log.
    pub(crate) lines: Arc<Lines>,
    pub(crate) memory: Memory,
    pub(crate) call_turns: Arc<Turns>,
    pub(crate) upload_turns: Arc<Turns>,
    /// How fast a body has to come.
    pub(crate) pace: Pace,
}

impl App {
    /// An id for what comes from a client without one.
    pub(crate) fn new_id(&self) -> String {
        EventId::new(self.clock.now(), self.random.bytes()).to_string()
    }
}
