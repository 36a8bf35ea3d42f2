//! What can be configured.

use std::time::Duration;

use labelmesh_identity::Network;
use serde::Deserialize;

/// How others' addresses are called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Networks that may be called though they are not public, such as `127.0.0.0/8`.
    pub allow: Vec<Network>,
    /// How long a call may take, from the lookup of the name to the last byte that is read; redirects that are followed
    /// belong to it.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { allow: Vec::new(), timeout: Duration::from_secs(15) }
    }
}
