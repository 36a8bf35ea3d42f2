//! The span of a call, with the attributes of OpenTelemetry's semantic conventions for RPC.

use http::{HeaderMap, Request};
use opentelemetry::{global, propagation::Extractor};
use tonic::body::Body;
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{known::Target, observe::measure::method_name};

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
    let parent = global::get_text_map_propagator(|propagator| propagator.extract(&Headers(request.headers())));
    // It fails where no traces are collected, and then nobody misses the parent.
    let _ = span.set_parent(parent);
    span
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
