//! Statuses as answers.

use std::{collections::HashMap, time::Duration};

use http::{HeaderMap, Response};
use labelmesh_errors::{Error, Reason, reason_for_code};
use labelmesh_proto::codec::DOMAIN;
use tonic::{Code, Status, body::Body};
use tonic_types::{ErrorDetails, StatusExt as _};

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

/// Gives a status that came without a reason (one of tonic's own) the universal one for its code.
pub(crate) fn complete(headers: &mut HeaderMap) {
    let failed = code(headers).is_some_and(|code| code != Code::Ok);
    if !failed || headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return;
    }
    let Some(status) = Status::from_header_map(headers) else { return };
    let reason = reason_for_code(status.code()).wire_name();
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    // What does not fit in a header stays as it was.
    let _ = Status::with_error_details(status.code(), status.message(), details).add_header(headers);
}
