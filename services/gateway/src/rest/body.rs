//! Reads a body that is one JSON message.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::method::Method;
use tokio::time::timeout;
use tonic::body::Body;

use super::status::Refused;
use crate::{call::content_type, pace::is_too_slow};

/// How a text in UTF-8 may begin that a program of Windows wrote (RFC 8259, 8.1 lets readers pass over it).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// That the body is what it says, not compressed: what came compressed would be taken for something else.
pub(super) fn check_encoding(headers: &HeaderMap) -> Result<(), Refused> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(Refused::content_encoding())
}

/// The body, as large as the contract allows.
pub(super) async fn read(method: &Method, headers: &HeaderMap, body: Body) -> Result<Bytes, Refused> {
    let limit = method.max_request_bytes;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Refused::too_large(limit));
    }
    // A client that sends more slowly than the call may take would hold a permit for nothing.
    let read = timeout(method.max_deadline, Limited::new(body, limit).collect()).await.map_err(|_| {
        let error = Error::new(Reason::DeadlineExceeded, "the body did not arrive in time");
        Refused::with(error, StatusCode::REQUEST_TIMEOUT)
    })?;
    let bytes = match read {
        Ok(read) => read.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => return Err(Refused::too_large(limit)),
        Err(error) if is_too_slow(error.as_ref()) => return Err(Refused::too_slow()),
        Err(_) => return Err(Refused::malformed("the body broke off")),
    };
    let bytes = if bytes.starts_with(BYTE_ORDER_MARK) { bytes.slice(BYTE_ORDER_MARK.len()..) } else { bytes };
    if bytes.is_empty() || content_type(headers).is_none_or(is_json) {
        return Ok(bytes);
    }
    Err(Refused::media_type("application/json"))
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.starts_with("application/") && essence.ends_with("+json")
}
