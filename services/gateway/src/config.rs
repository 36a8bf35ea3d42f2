//! What can be configured; the README lists every key.

mod limits;

use std::collections::BTreeMap;

use labelmesh_identity::Network;
use serde::Deserialize;

pub use self::limits::Limits;

/// The gateway's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service has. The key of `basics.identity` is needed; its other parts are not used.
    #[serde(default)]
    pub basics: labelmesh_service::Basics,
    /// Where the services are, by the second word of their packages: `tasks.endpoints = ["http://10.0.0.7:8080"]` for
    /// `labelmesh.tasks.v1`. Every service that the contract has routes to must be here, and `auth`.
    pub peers: BTreeMap<String, labelmesh_client::Config>,
    /// The message broker, which tells of tokens that are no longer true; its URL is required.
    pub events: labelmesh_events::Config,
    /// What is kept of clients' tokens.
    #[serde(default)]
    pub tokens: Tokens,
    /// Which web pages may call.
    #[serde(default)]
    pub cors: Cors,
    /// The proxies whose `x-forwarded-for` is believed: addresses, or networks such as `10.0.0.0/8`. None by default.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
    /// What callers may hold, together and each.
    #[serde(default)]
    pub limits: Limits,
}

/// What is kept of clients' tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    /// For how many tokens the answer of auth is kept: for at most 30 seconds, and for 2 while changes can't be heard.
    pub capacity: u64,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { capacity: 100_000 }
    }
}

/// Which web pages may call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Their origins, such as `https://label.example`; `*` is any. None by default.
    pub origins: Vec<String>,
}
