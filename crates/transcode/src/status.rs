//! Errors as JSON, and the HTTP statuses of gRPC codes.

use http::StatusCode;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, Value};

use crate::json::to_json;

/// The HTTP status that goes with a gRPC code, as `google/rpc/code.proto` lists them.
#[must_use]
pub fn http_status(code: i32) -> StatusCode {
    match code {
        0 => StatusCode::OK,
        // Nginx's word for a client that went away, which everybody understands.
        1 => StatusCode::from_u16(499).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        3 | 9 | 11 => StatusCode::BAD_REQUEST,
        4 => StatusCode::GATEWAY_TIMEOUT,
        5 => StatusCode::NOT_FOUND,
        6 | 10 => StatusCode::CONFLICT,
        7 => StatusCode::FORBIDDEN,
        8 => StatusCode::TOO_MANY_REQUESTS,
        12 => StatusCode::NOT_IMPLEMENTED,
        14 => StatusCode::SERVICE_UNAVAILABLE,
        16 => StatusCode::UNAUTHORIZED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The gRPC code that says most nearly what an HTTP status says.
#[must_use]
pub fn code_of_http_status(status: StatusCode) -> i32 {
    match status.as_u16() {
        200..=299 => 0,
        400 | 411 | 415 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        405 | 501 => 12,
        409 => 6,
        413 | 429 => 8,
        499 => 1,
        502 | 503 => 14,
        504 => 4,
        _ => 13,
    }
}

/// A `google.rpc.Status` as JSON. Details of types that the descriptors do not know are left out: the mapping has no
/// form for them.
pub(crate) fn status_json(descriptor: &MessageDescriptor, code: i32, message: &str, status: &[u8]) -> String {
    let plain = || serde_json::json!({ "code": code, "message": message, "details": [] }).to_string();
    let mut decoded = DynamicMessage::new(descriptor.clone());
    if decoded.merge(status).is_err() {
        return plain();
    }
    decoded.set_field_by_name("code", Value::I32(code));
    decoded.set_field_by_name("message", Value::String(message.to_owned()));
    if let Some(details) = decoded.get_field_by_name_mut("details").and_then(|details| details.as_list_mut()) {
        details.retain(|detail| detail.as_message().is_some_and(|detail| to_json(detail).is_ok()));
    }
    to_json(&decoded).unwrap_or_else(|_| plain())
}
