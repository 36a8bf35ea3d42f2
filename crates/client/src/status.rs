//! Statuses of our own.

use std::time::Duration;

use http::Response;
use labelmesh_errors::{Error, Reason};
use tonic::{Status, body::Body};

/// The answer that a failure on our side of the wire becomes.
pub(crate) fn refuse(error: Error) -> Response<Body> {
    Status::from(error).into_http()
}

pub(crate) fn too_late() -> Error {
    Error::new(Reason::DeadlineExceeded, "not done in time")
}

pub(crate) fn unreachable(peer: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    unavailable(peer, Duration::from_secs(1)).caused_by(cause)
}

pub(crate) fn unavailable(peer: &str, after: Duration) -> Error {
    Error::new(Reason::Unavailable, format!("{peer} can't be reached at present")).retry_after(after)
}

pub(crate) fn overloaded(peer: &str) -> Error {
    Error::new(Reason::Overloaded, format!("too many calls to {peer} at present")).retry_after(Duration::from_secs(1))
}
