//! Rate, errors and duration of requests.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body::{Frame, SizeHint};
use labelmesh_identity::Network;
use labelmesh_server::Lines;
use metrics::{Label, gauge, histogram};
use tokio::time::Instant;
use tonic::{Status, body::Body};
use tracing::Span;

/// The route that took a request, as the contract writes it. It travels as an extension of the answer.
#[derive(Debug, Clone)]
pub(crate) struct Template(pub(crate) String);

/// The label of every path and method that we do not know, so that strangers can't invent time series.
const OTHER: &str = "_OTHER";

/// A request that is being measured, until it is dropped: at the end of its answer, or when its client went away.
pub(crate) struct Measure {
    span: Span,
    method: &'static str,
    route: String,
    status: Option<StatusCode>,
    started: Instant,
    /// What bounds the lines that are written for the caller, and the caller's network.
    lines: (Arc<Lines>, Option<Network>),
}

impl Measure {
    pub(crate) fn start(method: &Method, span: Span, lines: (Arc<Lines>, Option<Network>)) -> Self {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let method = known.into_iter().find(|known| *known == method.as_str()).unwrap_or(OTHER);
        gauge!("http_server_active_requests", "http_request_method" => method).increment(1);
        Self { span, method, route: OTHER.to_owned(), status: None, started: Instant::now(), lines }
    }

    /// The answer has begun.
    pub(crate) fn answered(mut self, status: StatusCode, template: Option<Template>) -> Self {
        self.status = Some(status);
        if let Some(Template(route)) = template {
            self.route = route;
        }
        self.span.record("http.route", self.route.as_str());
        self.span.record("otel.name", format!("{} {}", self.method, self.route));
        self.span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
        }
        self
    }
}

impl Drop for Measure {
    fn drop(&mut self) {
        let duration = self.started.elapsed();
        // 499: the client went away before there was an answer.
        let status = self.status.map_or(499, |status| status.as_u16());
        let labels = vec![
            Label::from_static_parts("http_request_method", self.method),
            Label::new("http_route", self.route.clone()),
            Label::new("http_response_status_code", status.to_string()),
        ];
        histogram!("http_server_request_duration_seconds", labels).record(duration);
        gauge!("http_server_active_requests", "http_request_method" => self.method).decrement(1);
        let _entered = self.span.enter();
        let (route, duration_ms) = (self.route.as_str(), duration.as_millis());
        let (lines, network) = &self.lines;
        if status >= 500 && lines.allow(*network) {
            tracing::warn!(http.route = route, http.status = status, duration_ms, "request failed");
        } else {
            tracing::debug!(http.route = route, http.status = status, duration_ms, "request ended");
        }
    }
}

pin_project_lite::pin_project! {
    /// An answer that keeps something until it has ended.
    pub(crate) struct Measured<K> {
        #[pin]
        body: Body,
        kept: K,
    }
}

impl<K> Measured<K> {
    pub(crate) fn new(body: Body, kept: K) -> Self {
        Self { body, kept }
    }
}

impl<K> http_body::Body for Measured<K> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
