//! A span and a measurement for every call.

use http::{HeaderMap, HeaderName, HeaderValue};
use labelmesh_errors::code_name;
use labelmesh_proto::method::Method;
use metrics::{Label, histogram};
use opentelemetry::{global, propagation::Injector};
use tokio::time::Instant;
use tonic::Code;
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The span of a call, with the attributes of OpenTelemetry's semantic conventions for RPC.
pub(crate) fn span(peer: &str, method: &Method) -> Span {
    let name = &method.path[1..];
    info_span!(
        "rpc",
        otel.name = name,
        otel.kind = "client",
        otel.status_code = Empty,
        rpc.system.name = "grpc",
        rpc.method = name,
        rpc.response.status_code = Empty,
        service.peer.name = peer,
    )
}

/// Passes the trace on to the peer.
pub(crate) fn inject(span: &Span, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| propagator.inject_context(&span.context(), &mut Headers(headers)));
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// A call that is being measured. One that is dropped without an end was given up by us.
pub(crate) struct Measure {
    peer: String,
    method: &'static str,
    span: Span,
    started: Instant,
    ended: bool,
}

impl Measure {
    pub(crate) fn start(peer: &str, method: &'static Method, span: Span) -> Self {
        Self { peer: peer.to_owned(), method: &method.path[1..], span, started: Instant::now(), ended: false }
    }

    /// The call has ended with this code.
    pub(crate) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let name = code_name(code);
        let labels = vec![
            Label::from_static_parts("rpc_system_name", "grpc"),
            Label::from_static_parts("rpc_method", self.method),
            Label::from_static_parts("rpc_response_status_code", name),
            Label::new("peer", self.peer.clone()),
        ];
        histogram!("rpc_client_call_duration_seconds", labels).record(self.started.elapsed());
        self.span.record("rpc.response.status_code", name);
        // To a client, every code but OK is an error.
        if code != Code::Ok {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

impl Drop for Measure {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}
