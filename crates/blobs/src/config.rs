//! Where the objects are.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// How to reach the bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where services talk to S3, such as `http://127.0.0.1:9000`.
    pub endpoint: String,
    /// What URLs for others are signed for, such as `https://images.example.com`; none means that images pass through
    /// us.
    #[serde(default)]
    pub public_endpoint: Option<String>,
    /// The bucket.
    pub bucket: String,
    /// The region that requests are signed for.
    #[serde(default = "region")]
    pub region: String,
    /// Names the key.
    pub access_key: String,
    /// Signs.
    pub secret_key: SecretString,
    /// The longest that one request may take with its repetitions, in milliseconds; reading a body is not part of it.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

impl Config {
    /// The longest that a request may take with its repetitions.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// The longest that a single try may take: two fit into the whole.
    pub(crate) fn attempt_timeout(&self) -> Duration {
        self.timeout() / 2
    }

    /// The longest wait for the first byte of an answer.
    pub(crate) fn read_timeout(&self) -> Duration {
        self.timeout() / 2
    }
}

fn region() -> String {
    "us-east-1".to_owned()
}

fn timeout_ms() -> u64 {
    20_000
}
