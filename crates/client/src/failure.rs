//! Why a call has no answer of its peer's.

use std::time::Duration;

use http::{HeaderMap, Response};
use labelmesh_errors::{Error, Reason};
use tonic::{Status, body::Body};
use tower::BoxError;

/// When a caller should come back where nothing more is known.
const COME_BACK: Duration = Duration::from_secs(1);

/// Why a call has no answer of its peer's. Each becomes a status in the end; that the layers tell them apart before is
/// what makes them decide what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Its deadline has passed.
    #[error("not done in time")]
    TooLate,
    /// The bulkhead is full.
    #[error("too many calls")]
    Overloaded,
    /// The circuit breaker is open, for so long.
    #[error("the circuit breaker is open")]
    Resting(Duration),
    /// The peer could not be reached, or broke off.
    #[error("the peer can't be reached")]
    Unreachable(#[source] BoxError),
    /// The peer's answer is not one that we take, or the request not one that the peer takes, and the peer is well.
    #[error("the answer can't be taken")]
    Untaken(#[source] BoxError),
    /// The request itself could not be read.
    #[error("the request can't be read")]
    Request(#[source] Status),
}

impl Failure {
    /// What the caller is told.
    pub(crate) fn into_status(self, peer: &str) -> Status {
        match self {
            Self::TooLate => too_late().into(),
            Self::Overloaded => {
                let message = format!("too many calls to {peer} at present");
                Error::new(Reason::Overloaded, message).retry_after(COME_BACK).into()
            }
            Self::Resting(rest) => unavailable(peer).retry_after(rest).into(),
            Self::Unreachable(cause) => unreachable(peer, cause).into(),
            // Another try would have the same answer, so that it is not called unavailable.
            Self::Untaken(cause) => Error::internal(cause).into(),
            Self::Request(status) => status,
        }
    }
}

/// A request broke off before its end.
pub(crate) fn unmade(cause: BoxError) -> Status {
    tracing::debug!(error.cause = cause.as_ref(), "a request broke off");
    Error::new(Reason::Malformed, "the request broke off before its end").into()
}

/// The deadline of a call has passed.
pub(crate) fn too_late() -> Error {
    Error::new(Reason::DeadlineExceeded, "not done in time")
}

/// A peer could not be reached, or broke off.
pub(crate) fn unreachable(peer: &str, cause: BoxError) -> Error {
    unavailable(peer).retry_after(COME_BACK).caused_by(cause)
}

fn unavailable(peer: &str) -> Error {
    Error::new(Reason::Unavailable, format!("{peer} can't be reached at present"))
}

/// The last words of a stream that does not end by itself.
pub(crate) fn trailers(error: Error) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    Status::from(error).add_header(&mut trailers).expect("our own statuses fit in headers");
    trailers
}

/// The answer to a method that the contract does not have.
pub(crate) fn unknown_method() -> Response<Body> {
    Status::from(Error::new(Reason::MethodUnknown, "there is no such method in the contract")).into_http()
}
