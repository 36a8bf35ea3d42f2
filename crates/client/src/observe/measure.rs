//! How long calls take.

use std::sync::{Arc, OnceLock};

use labelmesh_errors::code_name;
use metrics::{Histogram, Label, histogram};
use tokio::time::Instant;
use tonic::Code;
use tracing::Span;

use crate::method::{Listed, PerMethod};

/// How many codes gRPC has.
const CODES: usize = 17;

/// The durations of the calls to a peer, by method and code. Each series is looked up once.
pub(super) struct Durations {
    peer: Arc<str>,
    series: PerMethod<[OnceLock<Histogram>; CODES]>,
}

impl Durations {
    pub(super) fn new(peer: Arc<str>) -> Self {
        Self { peer, series: PerMethod::new() }
    }

    pub(super) fn peer(&self) -> &str {
        &self.peer
    }

    fn of(&self, method: Listed, code: Code) -> &Histogram {
        let by_code = self.series.get(method, || [const { OnceLock::new() }; CODES]);
        by_code[code as usize].get_or_init(|| {
            let labels = vec![
                Label::from_static_parts("rpc_system_name", "grpc"),
                Label::from_static_parts("rpc_method", method.full_name()),
                Label::from_static_parts("rpc_response_status_code", code_name(code)),
                Label::new("peer", self.peer.to_string()),
            ];
            histogram!("rpc_client_call_duration_seconds", labels)
        })
    }
}

/// A call that is being measured. One that is dropped without an end was given up by us.
pub(super) struct Measure {
    durations: Arc<Durations>,
    method: Listed,
    span: Span,
    started: Instant,
    ended: bool,
}

impl Measure {
    pub(super) fn start(durations: Arc<Durations>, method: Listed, span: Span) -> Self {
        Self { durations, method, span, started: Instant::now(), ended: false }
    }

    pub(super) fn peer(&self) -> &str {
        &self.durations.peer
    }

    /// The call has ended with this code.
    pub(super) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.durations.of(self.method, code).record(self.started.elapsed());
        self.span.record("rpc.response.status_code", code_name(code));
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
