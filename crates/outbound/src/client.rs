//! Calls addresses that strangers chose.

use std::{error::Error, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use url::Url;

use crate::{Addresses, Config, Lookup, addresses::literal, resolver::Guarded};

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// How many idle connections are kept to one host.
const IDLE_PER_HOST: usize = 2;

/// Why a call had no answer. Nothing in the texts is the other side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The URL is none that can be called.
    #[error("the URL is not one of http or https without a user, a password or a fragment")]
    UrlInvalid,
    /// The host has an address that is not public.
    #[error("the host has an address that is not public")]
    AddressRefused,
    /// The port is not one of the web.
    #[error("the port is neither 80 nor 443")]
    PortRefused,
    /// Nothing is known of the host's name.
    #[error("the host's name is not known")]
    NameUnknown,
    /// There was no answer in time.
    #[error("no answer in time")]
    TooSlow,
    /// No connection could be made; a certificate that is not trusted makes none.
    #[error("no connection")]
    NoConnection,
    /// The connection ended or was misused before there was an answer.
    #[error("the answer broke off")]
    BrokenOff,
    /// The answer is one of failure, where only a body of success is of use.
    #[error("the answer has the status {}", .0.as_u16())]
    Status(StatusCode),
    /// The body has more bytes than are wanted.
    #[error("the answer is too large")]
    TooLarge,
    /// One redirect led to the next.
    #[error("there were too many redirects")]
    TooManyRedirects,
}

/// What came back: the beginning of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The first bytes of the body.
    pub body: Bytes,
}

/// Calls addresses that strangers chose. Clones share connections.
#[derive(Clone)]
pub struct Outbound {
    pub(crate) client: reqwest::Client,
    addresses: Addresses,
    pub(crate) timeout: Duration,
}

impl Outbound {
    /// One that calls itself `agent` and looks names up by `lookup`.
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub fn new(config: &Config, agent: &str, lookup: Arc<dyn Lookup>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let addresses = Addresses::and(config.allow.clone());
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .user_agent(agent)
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(Guarded { lookup, addresses: addresses.clone() }))
            .redirect(Policy::none())
            .no_proxy()
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .build()?;
        Ok(Self { client, addresses, timeout: config.timeout })
    }

    /// Takes a URL that may be called as far as it says itself: what its host's name stands for is judged with each
    /// call.
    ///
    /// # Errors
    /// That it may not.
    pub fn check(&self, url: &str) -> Result<Url, Fault> {
        let url = Url::parse(url).map_err(|_| Fault::UrlInvalid)?;
        self.judge(&url)?;
        Ok(url)
    }

    pub(crate) fn judge(&self, url: &Url) -> Result<(), Fault> {
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain {
            return Err(Fault::UrlInvalid);
        }
        let host = url.host().ok_or(Fault::UrlInvalid)?;
        // The HTTP client asks no resolver for these.
        if literal(&host).is_some_and(|address| !self.addresses.permit(address)) {
            return Err(Fault::AddressRefused);
        }
        Ok(())
    }

    /// Posts a body and returns the answer with at most `most` bytes of its body. A redirect is an answer.
    ///
    /// # Errors
    /// That there was none.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: Bytes, most: usize) -> Result<Answer, Fault> {
        let url = self.check(url)?;
        let call = async {
            let answer =
                self.client.post(url).headers(headers).body(body).send().await.map_err(|error| fault(&error))?;
            read(answer, most).await
        };
        tokio::time::timeout(self.timeout, call).await.unwrap_or(Err(Fault::TooSlow))
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// Reads the beginning of an answer; the connection ends with the rest. An answer whose body breaks off is one: its
/// status came.
async fn read(mut answer: reqwest::Response, most: usize) -> Result<Answer, Fault> {
    let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let mut body = Vec::new();
    while body.len() < most {
        let Ok(Some(piece)) = answer.chunk().await else { break };
        body.extend_from_slice(&piece[..piece.len().min(most - body.len())]);
    }
    Ok(Answer { status, headers, body: body.into() })
}

/// What went wrong. The guard's own words come as a cause somewhere below the client's.
pub(crate) fn fault(error: &reqwest::Error) -> Fault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(fault) = this.downcast_ref::<Fault>() {
            return *fault;
        }
        cause = this.source();
    }
    if error.is_timeout() {
        Fault::TooSlow
    } else if error.is_connect() {
        Fault::NoConnection
    } else {
        Fault::BrokenOff
    }
}
