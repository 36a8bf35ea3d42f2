//! Rate, errors and duration of calls.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use labelmesh_errors::{code_name, reason_of};
use labelmesh_identity::Network;
use metrics::{Label, gauge, histogram};
use tokio::time::Instant;
use tonic::{Code, Status};
use tracing::Span;

use super::act::{Act, is_refusal};
use crate::{Lines, known::Target};

/// The name that stands for every unknown method, so that strangers can't create time series.
const OTHER: &str = "_OTHER";

/// A call that is being measured. One that is dropped without an end was given up by its caller.
pub(super) struct Measure {
    span: Span,
    method: &'static str,
    started: Instant,
    ended: bool,
    /// What bounds the lines that are written for the caller, and the caller's network.
    lines: (Arc<Lines>, Option<Network>),
    /// What the security log tells of the call, and its request id.
    act: (Act, HeaderValue),
    /// Whether it does in any case.
    recorded: bool,
}

/// The full name of a method without the slash in front, as the semantic conventions want it.
pub(super) fn method_name(target: Target, path: &str) -> &str {
    match target {
        Target::Method(method) => &method.path[1..],
        Target::Platform => path.trim_start_matches('/'),
        Target::Unknown => OTHER,
    }
}

impl Measure {
    pub(super) fn start(
        target: Target,
        span: Span,
        lines: (Arc<Lines>, Option<Network>),
        act: (Act, HeaderValue),
    ) -> Self {
        let method = match target {
            Target::Method(method) => &method.path[1..],
            Target::Platform => "_PLATFORM",
            Target::Unknown => OTHER,
        };
        gauge!("rpc_server_active_requests", "rpc_method" => method).increment(1);
        let recorded = matches!(target, Target::Method(method) if method.recorded);
        Self { span, method, started: Instant::now(), ended: false, lines, act, recorded }
    }

    /// The span of the call.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// The call has ended with this code; headers or trailers say why.
    pub(super) fn end(&mut self, code: Code, headers: &HeaderMap) {
        let reason = Status::from_header_map(headers).filter(|status| status.code() != Code::Ok);
        let reason = reason.as_ref().and_then(reason_of).map(|reason| reason.wire_name());
        self.record(code, reason);
    }

    fn record(&mut self, code: Code, reason: Option<&'static str>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let duration = self.started.elapsed();
        let name = code_name(code);
        let service = self.method.split_once('/').map_or(self.method, |(service, _)| service);
        let error = if code == Code::Ok { "" } else { reason.unwrap_or(name) };
        let labels = vec![
            Label::from_static_parts("rpc_system_name", "grpc"),
            Label::from_static_parts("rpc_service", service),
            Label::from_static_parts("rpc_method", self.method),
            Label::from_static_parts("rpc_response_status_code", name),
            Label::from_static_parts("error_type", error),
        ];
        histogram!("rpc_server_call_duration_seconds", labels).record(duration);
        gauge!("rpc_server_active_requests", "rpc_method" => self.method).decrement(1);
        self.span.record("rpc.response.status_code", name);
        if code != Code::Ok {
            self.span.record("error.type", error);
        }
        if is_fault(code) {
            self.span.record("otel.status_code", "ERROR");
        }
        self.log(code, name, error, duration.as_millis());
    }

    fn log(&self, code: Code, name: &str, error: &str, duration_ms: u128) {
        let _entered = self.span.enter();
        let (lines, network) = &self.lines;
        // What is refused may be tried without end.
        let bounded = |code| code == Code::Ok || lines.allow(*network);
        if (self.recorded || is_refusal(code)) && bounded(code) {
            let (act, request_id) = &self.act;
            act.log(self.method, request_id.to_str().unwrap_or_default(), name, error);
        }
        if is_fault(code) && lines.allow(*network) {
            tracing::warn!(rpc.method = self.method, rpc.code = name, error.reason = error, duration_ms, "call failed");
        } else {
            tracing::debug!(rpc.method = self.method, rpc.code = name, error.reason = error, duration_ms, "call ended");
        }
    }
}

impl Drop for Measure {
    fn drop(&mut self) {
        self.record(Code::Cancelled, None);
    }
}

/// Whether a code means that the server failed, and not its caller (as the semantic conventions divide them).
fn is_fault(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}
