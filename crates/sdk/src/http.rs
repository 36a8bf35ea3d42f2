//! HTTP and TLS: who is trusted, and which way connections take.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::Url;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_native_certs::load_native_certs;

use crate::Error;

/// How long it may take to reach the server.
const REACHED_WITHIN: Duration = Duration::from_secs(20);

/// Connections to a server: over the proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name, unless `NO_PROXY`
/// names the server or it is on this machine, where no proxy reaches it.
pub(crate) fn client(server: &str, agent: &str) -> Result<reqwest::Client, Error> {
    let roots = roots(server)?;
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut builder =
        reqwest::Client::builder().user_agent(agent).connect_timeout(REACHED_WITHIN).tls_backend_preconfigured(tls);
    if is_here(server) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| Error::Tls(error.to_string()))
}

/// Whom the system trusts, or the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name. A server without TLS needs none.
fn roots(server: &str) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    let found = load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && server.starts_with("https:") {
        let errors = found.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Err(Error::Certificates(if errors.is_empty() { "there are none".to_owned() } else { errors }));
    }
    Ok(roots)
}

/// Whether an address is one of this machine.
fn is_here(server: &str) -> bool {
    let host = Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_this_machine_is_reached_without_a_proxy() {
        for here in ["http://127.0.0.1:8080", "https://localhost", "http://[::1]:80"] {
            assert!(is_here(here), "{here}");
        }
        assert!(!is_here("https://labels.example") && !is_here("http://10.0.0.1"));
    }
}
