//! Statuses as answers.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response};
use labelmesh_errors::{Error, Reason, reason_for_code};
use labelmesh_proto::refusal::{LARGEST, Refusal, Violations, bounded};
use tonic::{Code, Status, body::Body};

/// After how long a client should come back to a server that is too busy or stopping.
pub(crate) const COME_BACK: Duration = Duration::from_secs(1);

/// The answer that refuses a call.
pub(crate) fn refuse(error: Error) -> Response<Body> {
    Status::from(error).into_http()
}

/// The trailers that end a stream with an error.
pub(crate) fn trailers(error: Error) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    let written = Status::from(error).add_header(&mut trailers);
    written.expect("our own statuses fit in headers");
    trailers
}

/// The error with which a stream ends when the server stops.
pub(crate) fn stopping() -> Error {
    Error::new(Reason::Unavailable, "the server is stopping").retry_after(COME_BACK)
}

/// The error for a call that took too long.
pub(crate) fn too_late() -> Error {
    Error::new(Reason::DeadlineExceeded, "not done in time")
}

/// The code in headers or trailers, or `None` where they do not end a call.
pub(crate) fn code(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|code| Code::from_bytes(code.as_bytes()))
}

/// Gives a status that came without a reason (one of tonic's own) the universal one for its code, and cuts one that is
/// larger than a status may be, wherever it came from.
pub(crate) fn complete(headers: &mut HeaderMap) {
    let failed = code(headers).is_some_and(|code| code != Code::Ok);
    if !failed || headers.get(Status::GRPC_STATUS_DETAILS).is_some_and(|details| is_small(headers, details)) {
        return;
    }
    let Some(status) = Status::from_header_map(headers) else { return };
    let status = if status.details().is_empty() {
        let reason = reason_for_code(status.code()).wire_name();
        let (code, message, violations) = (status.code(), status.message(), Violations::default());
        Refusal { code, reason, message, violations, facts: &[], retry_after: None }.status()
    } else {
        bounded(status)
    };
    // What does not fit in a header stays as it was.
    let _ = status.add_header(headers);
}

/// Whether a status is small whatever it is decoded to, which is never longer.
fn is_small(headers: &HeaderMap, details: &HeaderValue) -> bool {
    headers.get(Status::GRPC_MESSAGE).map_or(0, HeaderValue::len) <= LARGEST / 8 && details.len() < LARGEST / 8 * 7
}
