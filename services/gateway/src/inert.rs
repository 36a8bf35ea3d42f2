//! What browsers may make of an answer: nothing but what it says it is.
//!
//! A picture may be a page as well, and any answer may hold texts of a stranger. So no answer is taken for another
//! media type, none runs as a page, and no other site shows one as its own.

use http::{HeaderMap, HeaderName, HeaderValue, header};

const SAYS: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Says so to browsers. Of a page of ours it is said already what it may do.
pub(crate) fn mark(headers: &mut HeaderMap) {
    for (name, value) in SAYS {
        headers.entry(name).or_insert(value);
    }
}
