//! Why a call failed.

use std::{error::Error as StdError, time::Duration};

use tonic::Code;

use crate::Refusal;

/// Why a call failed. [`Error::refusal`] has what the server said, where it said something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused the call.
    #[error("{call}: {refusal}")]
    Refused {
        /// The call: HTTP method and path.
        call: String,
        /// What the server said.
        refusal: Box<Refusal>,
    },
    /// A stream that began well broke off.
    #[error("{call}: the stream broke off: {refusal}")]
    Broken {
        /// The call: HTTP method and path.
        call: String,
        /// What the server said.
        refusal: Box<Refusal>,
    },
    /// The server can't be reached: nothing was sent.
    #[error("{server} can't be reached: {}", root(.source))]
    Unreachable {
        /// The server's address.
        server: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The connection broke before the answer was whole.
    #[error("{call}: the connection was lost: {}", root(.source.as_ref()))]
    Lost {
        /// The call: HTTP method and path.
        call: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The server did not answer in time.
    #[error("{call}: no answer within {} s", .patience.as_secs())]
    Silent {
        /// The call: HTTP method and path.
        call: String,
        /// How long was waited.
        patience: Duration,
    },
    /// The server answers without TLS, though its address says `https`.
    #[error("{0} can't be reached: the server answers without TLS")]
    WithoutTls(String),
    /// The server does not answer in HTTP, so that it probably wants TLS, though its address says `http`.
    #[error("{0} can't be reached: the server does not answer in HTTP")]
    WantsTls(String),
    /// An answer that is not what the contract says.
    #[error("{call}: the answer makes no sense: {what}")]
    Odd {
        /// The call: HTTP method and path.
        call: String,
        /// What is wrong with it.
        what: String,
    },
    /// A request that can't be written as JSON, as one with a timestamp out of range.
    #[error("{call}: the request makes no sense: {what}")]
    Request {
        /// The call: HTTP method and path.
        call: String,
        /// What is wrong with it.
        what: String,
    },
    /// This is not the address of a server.
    #[error("'{0}' is not the address of a server")]
    Address(String),
    /// The system's certificates, which https needs, can't be read.
    #[error("the system's certificates, which https needs, can't be read: {0}")]
    Certificates(String),
    /// TLS can't be set up.
    #[error("TLS can't be set up: {0}")]
    Tls(String),
}

impl Error {
    /// What the server said, where it said something.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } | Self::Broken { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The reason of the contract, such as `LEASE_EXPIRED`; empty where there is none.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.refusal().map_or("", |refusal| &refusal.reason)
    }

    /// The HTTP status of a refused call.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.refusal().and_then(|refusal| refusal.http_status)
    }

    /// After how long the server says that it is worth trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal().and_then(|refusal| refusal.retry_after)
    }

    /// Whether the same call may succeed in a moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } | Self::Broken { refusal, .. } => refusal.is_passing(),
            Self::Unreachable { .. } | Self::Lost { .. } | Self::Silent { .. } => true,
            _ => false,
        }
    }

    /// Whether the call certainly did nothing, and may succeed in a moment.
    pub(crate) fn did_nothing(&self) -> bool {
        self.is_passing() && self.refusal().is_some_and(|refusal| refusal.code == Code::ResourceExhausted)
    }

    /// A connection that broke.
    pub(crate) fn lost(call: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Lost { call: call.to_owned(), source: source.into() }
    }

    /// An answer that is not what the contract says.
    pub(crate) fn odd(call: &str, what: impl ToString) -> Self {
        Self::Odd { call: call.to_owned(), what: what.to_string() }
    }
}

/// What lies at the bottom of an error.
fn root<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}
