//! The span of a call, with the attributes of OpenTelemetry's semantic conventions for RPC.

use http::Request;
use tonic::body::Body;
use tracing::{Span, field::Empty, info_span};

use crate::{known::Target, observe::measure::method_name, trace::continue_trace};

/// The span of a call; its parent is the caller's, read from `traceparent`.
pub(super) fn of(request: &Request<Body>, target: Target, request_id: &str) -> Span {
    let method = method_name(target, request.uri().path());
    let span = info_span!(
        "rpc",
        otel.name = method,
        otel.kind = "server",
        otel.status_code = Empty,
        rpc.system.name = "grpc",
        rpc.method = method,
        rpc.response.status_code = Empty,
        error.r#type = Empty,
        enduser.id = Empty,
        request.id = request_id,
    );
    continue_trace(&span, request.headers());
    span
}
