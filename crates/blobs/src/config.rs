//! Where the objects are.

use std::time::Duration;

use labelmesh_transport::{Protection, Unprotected};
use secrecy::SecretString;
use serde::Deserialize;

/// How to reach the bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where services talk to S3, such as `https://s3.eu-central-1.amazonaws.com`. Without TLS only one on this machine
    /// is reached: `http://127.0.0.1:9000`.
    pub endpoint: String,
    /// Lets S3 on another machine be reached without TLS: where nobody else is on the way.
    #[serde(default)]
    pub insecure: bool,
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
    /// Makes sure that nobody else can read along, neither here nor where signed URLs are used.
    pub(crate) fn check(&self) -> Result<(), Unprotected> {
        let protection =
            Protection { section: "blobs", remedy: "write https:// in blobs.endpoint and public_endpoint" };
        for endpoint in std::iter::once(&self.endpoint).chain(&self.public_endpoint) {
            let (scheme, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            // A port is of digits, and what is in brackets is an address.
            let port = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
            let host = port.map_or(authority, |(host, _)| host);
            protection.require(host, scheme.eq_ignore_ascii_case("https"), self.insecure)?;
        }
        Ok(())
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(endpoint: &str, public_endpoint: Option<&str>, insecure: bool) -> Result<(), Unprotected> {
        let config = Config {
            endpoint: endpoint.to_owned(),
            insecure,
            public_endpoint: public_endpoint.map(str::to_owned),
            bucket: "images".to_owned(),
            region: region(),
            access_key: String::new(),
            secret_key: String::new().into(),
            timeout_ms: timeout_ms(),
        };
        config.check()
    }

    #[test]
    fn s3_elsewhere_is_reached_over_tls_or_said_to_be_insecure() {
        for endpoint in ["https://s3.example", "http://127.0.0.1:9000", "http://[::1]:9000/", "http://localhost"] {
            assert_eq!(checked(endpoint, None, false), Ok(()), "{endpoint}");
        }
        for endpoint in ["http://s3.example", "http://s3.example:9000", "http://127.0.0.1@s3.example", "s3.example"] {
            let refused = checked(endpoint, None, false).expect_err(endpoint).to_string();
            assert!(refused.contains("s3.example") && refused.contains("blobs.insecure"), "{refused}");
            assert_eq!(checked(endpoint, None, true), Ok(()));
        }
        checked("https://s3.example", Some("http://images.example"), false).expect_err("URLs for others");
    }
}
