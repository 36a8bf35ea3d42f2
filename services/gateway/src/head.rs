//! How large the head of a request may be: less than the connection takes, so that whoever is refused is told why.

use http::{Request, Response};
use tonic::body::Body;

use crate::{app::App, rest::Refused};

/// The most bytes of a path with its query. The longest of ours is a page token in a query.
const TARGET: usize = 8 << 10;
/// The most bytes of all headers, as HTTP/2 counts them (RFC 9113, 6.5.2).
const HEADERS: usize = 16 << 10;
/// What HTTP/2 adds for each header.
const EACH: usize = 32;

/// The answer to a request whose head is too large.
pub(crate) fn too_large(app: &App, request: &Request<Body>) -> Option<Response<Body>> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + EACH).sum();
    let refused = if target > TARGET {
        Refused::target_too_long(TARGET)
    } else if headers > HEADERS {
        Refused::headers_too_large(HEADERS)
    } else {
        return None;
    };
    Some(refused.response(&app.transcoder))
}
