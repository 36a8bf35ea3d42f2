//! How a service reaches the broker.

use secrecy::SecretString;
use serde::Deserialize;

/// Where the broker is and what is ours on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// One or more servers of one cluster, separated by commas: `nats://user:password@host:4222`.
    pub url: SecretString,
    /// What all our subjects and streams begin with, so that several systems can share a broker. No dots.
    #[serde(default = "prefix")]
    pub prefix: String,
    /// On how many servers of the cluster each stream is stored: 1, 3 or 5.
    #[serde(default = "replicas")]
    pub replicas: usize,
}

impl Config {
    /// The defaults for a broker at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into().into(), prefix: prefix(), replicas: replicas() }
    }

    /// With another prefix.
    #[must_use]
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }
}

fn prefix() -> String {
    "labelmesh".to_owned()
}

fn replicas() -> usize {
    1
}
