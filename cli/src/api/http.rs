//! HTTP and HTTPS to one server.

use ::http::{Request, Response, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::{refusal::unreachable, scheme};
use crate::exit::{Exit, Failure};

/// The body of a request.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// Connections to one server. Clones share them.
#[derive(Clone)]
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    base: String,
}

impl Http {
    pub(super) fn new(server: &str) -> Result<Self, Failure> {
        let base = address(server)?;
        let provider = rustls::crypto::ring::default_provider();
        let builder = HttpsConnectorBuilder::new();
        // Without certificates of the system only plain connections can be made, which is all that some need.
        let builder = match builder.with_provider_and_native_roots(provider.clone()) {
            Ok(builder) => builder,
            Err(_) if base.starts_with("http://") => {
                let none = rustls::ClientConfig::builder_with_provider(provider.into())
                    .with_safe_default_protocol_versions()
                    .map_err(|error| Failure::new(Exit::Unexpected, format!("TLS can't be set up: {error}")))?
                    .with_root_certificates(rustls::RootCertStore::empty())
                    .with_no_client_auth();
                HttpsConnectorBuilder::new().with_tls_config(none)
            }
            Err(error) => {
                let message = format!("the system's certificates, which https needs, can't be read: {error}");
                return Err(Failure::new(Exit::Unavailable, message));
            }
        };
        let connector = builder.https_or_http().enable_http1().enable_http2().build();
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), base })
    }

    /// The server's address, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Failure> {
        let answer = self.client.request(request).await;
        answer.map_err(|error| scheme::mistaken(&self.base, &error).unwrap_or_else(|| unreachable(&self.base, &error)))
    }
}

/// An address as it is meant: with a scheme, without a slash at its end.
pub(crate) fn address(server: &str) -> Result<String, Failure> {
    let server = server.trim();
    let server = if server.contains("://") { server.to_owned() } else { format!("https://{server}") };
    let server = server.trim_end_matches('/').to_owned();
    let fits = server.parse::<Uri>().is_ok_and(|uri| {
        uri.host().is_some() && uri.query().is_none() && matches!(uri.scheme_str(), Some("http" | "https"))
    });
    if fits {
        return Ok(server);
    }
    let failure = Failure::new(Exit::Usage, format!("'{server}' is not the address of a server"));
    Err(failure.remedy("an address such as https://labels.example or http://127.0.0.1:8080"))
}

pub(super) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

pub(super) fn full(text: String) -> Body {
    Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed_and_checked() {
        assert_eq!(address("labels.example/").as_deref(), Ok("https://labels.example"));
        assert_eq!(address("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        assert_eq!(address("https://a.example/labels/").as_deref(), Ok("https://a.example/labels"));
        for wrong in ["", "ftp://a", "http://", "a b", "http://a?x=1"] {
            assert_eq!(address(wrong).map_err(|failure| failure.exit), Err(Exit::Usage), "{wrong}");
        }
    }
}
