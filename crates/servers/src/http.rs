//! HTTP to servers on this machine.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// A client for plain HTTP to servers of this machine: it goes over no proxy, and trusts nobody over TLS.
///
/// # Panics
/// If TLS without anybody to trust can't be set up, which needs nothing of the system.
#[must_use]
pub fn http_client() -> reqwest::Client {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls);
    builder.build().expect("a client needs nothing of the system")
}
