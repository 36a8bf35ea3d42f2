//! The client: where the server is, and for whom it is called.

use std::{fmt, time::Duration};

use labelmesh_clock::Random;
use reqwest::Url;

use crate::{Error, Retries, auth::LoginRequest, http};

/// What this client calls itself unless told otherwise.
const AGENT: &str = concat!("labelmesh-sdk/", env!("CARGO_PKG_VERSION"));
/// How long one answer may take, streams excepted.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the server is asked to write a stream of messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StreamForm {
    /// One JSON object a line.
    #[default]
    Lines,
    /// Server-sent events, which also pass proxies that hold other answers back until they are whole.
    Events,
}

/// A server, as one user or nobody in particular sees it. Clones share connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) server: String,
    pub(crate) token: Option<String>,
    pub(crate) retries: Retries,
    pub(crate) patience: Duration,
    pub(crate) streams: StreamForm,
    pub(crate) random: Random,
}

impl Client {
    /// The server at an address such as `https://labels.example`, for nobody in particular.
    ///
    /// # Errors
    /// If the address is none, or TLS is needed and the system's certificates can't be read.
    pub fn new(server: &str) -> Result<Self, Error> {
        Self::builder(server).build()
    }

    /// The same with settings of one's own.
    #[must_use]
    pub fn builder(server: &str) -> Builder {
        Builder {
            server: server.to_owned(),
            agent: AGENT.to_owned(),
            retries: Retries::default(),
            patience: PATIENCE,
            streams: StreamForm::default(),
        }
    }

    /// The same server for whoever the token belongs to.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Signs in, and returns the server as this user sees it.
    ///
    /// # Errors
    /// If the server refuses. The call is repeated only where it certainly did nothing.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Self, Error> {
        let request = LoginRequest { email: email.to_owned(), password: password.to_owned(), ..Default::default() };
        Ok(self.with_token(&self.login(request).await?.token))
    }

    /// The token it calls with, if any.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The server's address, without a slash at its end.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }
}

/// Whose token it is stays a secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Settings of a client.
#[derive(Debug, Clone)]
pub struct Builder {
    server: String,
    agent: String,
    retries: Retries,
    patience: Duration,
    streams: StreamForm,
}

impl Builder {
    /// What the program calls itself, as in `labeler/1.0`.
    #[must_use]
    pub fn agent(self, agent: &str) -> Self {
        Self { agent: agent.to_owned(), ..self }
    }

    /// How often and after how long calls are repeated.
    #[must_use]
    pub fn retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// How long one answer may take, streams excepted: 60 s unless said otherwise.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How streams of messages are to be written.
    #[must_use]
    pub fn streams(self, streams: StreamForm) -> Self {
        Self { streams, ..self }
    }

    /// The client.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn build(self) -> Result<Client, Error> {
        let server = address(&self.server)?;
        Ok(Client {
            http: http::client(&server, &self.agent)?,
            server,
            token: None,
            retries: self.retries,
            patience: self.patience,
            streams: self.streams,
            random: Random::system(),
        })
    }
}

/// A server's address as it is meant: with a scheme, without a slash at its end.
///
/// # Errors
/// If it is none.
pub fn address(server: &str) -> Result<String, Error> {
    let given = server.trim();
    let server = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let server = server.trim_end_matches('/').to_owned();
    let fits = !server.contains(char::is_whitespace)
        && Url::parse(&server)
            .is_ok_and(|url| url.has_host() && url.query().is_none() && matches!(url.scheme(), "http" | "https"));
    if fits { Ok(server) } else { Err(Error::Address(given.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed_and_checked() {
        let fits = |server: &str| address(server).expect("an address");
        assert_eq!(fits("labels.example/"), "https://labels.example");
        assert_eq!(fits("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(fits("https://a.example/labels/"), "https://a.example/labels");
        for wrong in ["", "ftp://a", "http://", "a b", "http://a?x=1"] {
            assert!(matches!(address(wrong), Err(Error::Address(_))), "{wrong}");
        }
    }
}
