//! Calls and answers for the layers' tests.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Request, Response};
use labelmesh_deadline::Deadline;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::io::DuplexStream;
use tonic::{Code, body::Body};

use crate::{
    call::{Answer, Call, Head, Ready},
    method::Listed,
    payload::Payload,
    whole::Message,
};

/// A method that may be repeated.
pub(crate) const GET_TASK: &str = "/labelmesh.tasks.v1.TaskService/GetTask";
/// One that must not be repeated.
pub(crate) const LOGIN: &str = "/labelmesh.auth.v1.AuthService/Login";
/// One that is answered with a stream.
pub(crate) const WATCH_TASK: &str = "/labelmesh.tasks.v1.TaskService/WatchTask";

pub(crate) fn method(path: &str) -> Listed {
    Listed::find(path).expect("it is in the contract")
}

/// A call without a deadline.
pub(crate) fn call(path: &str) -> Call {
    Call { method: method(path), request: Request::new(Body::empty()), deadline: None }
}

/// A call that is ready to be sent and must be answered within `within`.
pub(crate) fn ready(path: &str, within: Duration) -> Ready {
    let deadline = Some(Deadline::after(within));
    let head = Head { method: method(path), headers: HeaderMap::new(), deadline };
    Ready { head: Arc::new(head), payload: Payload::Message(Message::default()) }
}

/// An answer with this code, or a stream that has begun.
pub(crate) fn answer(code: Option<Code>, body: Body) -> Answer {
    Answer { response: Response::new(body), code, retry_after: None }
}

/// What `make` makes, with the metrics that it registers.
pub(crate) fn measured<T>(make: impl FnOnce() -> T) -> (T, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    (metrics::with_local_recorder(&recorder, make), recorder.handle())
}

/// The value of the only series whose name and labels have all of these parts.
pub(crate) fn value(metrics: &PrometheusHandle, parts: &[&str]) -> f64 {
    let text = metrics.render();
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
    let line = lines.next().unwrap_or_else(|| panic!("no {parts:?} in {text}"));
    assert!(lines.next().is_none(), "{parts:?} is no single series of {text}");
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

/// A connection that runs, and the peer's end of it.
pub(crate) async fn connected() -> (SendRequest<Bytes>, h2::server::Connection<DuplexStream, Bytes>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (sender, served) = tokio::join!(h2::client::handshake(ours), h2::server::handshake(theirs));
    let (sender, connection) = sender.expect("a server");
    tokio::spawn(connection);
    (sender, served.expect("a client"))
}
