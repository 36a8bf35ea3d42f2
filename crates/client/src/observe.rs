//! Observe: a span and a measurement for every call.
//!
//! The outermost layer, so that what is refused by the others is seen like everything else. It gives the call a span
//! with the attributes of OpenTelemetry's semantic conventions, passes the trace on to the peer, and records
//! `rpc_client_call_duration_seconds` by peer, method and code: for a stream when it ends, for a call that is given up
//! by its caller as CANCELLED. It turns a failure of ours into a status, so that whoever calls meets nothing else.

mod measure;

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body::{Frame, SizeHint};
use opentelemetry::{global, propagation::Injector};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use self::measure::{Durations, Measure};
use crate::{
    call::{Answer, Call, of_one_call},
    failure::Failure,
    method::Listed,
};

/// Observes the calls to a peer.
pub(crate) struct ObserveLayer {
    peer: Arc<str>,
}

impl ObserveLayer {
    pub(crate) fn new(peer: &Arc<str>) -> Self {
        Self { peer: peer.clone() }
    }
}

impl<S> Layer<S> for ObserveLayer {
    type Service = Observe<S>;

    fn layer(&self, inner: S) -> Observe<S> {
        Observe { inner, durations: Arc::new(Durations::new(self.peer.clone())) }
    }
}

/// See [`ObserveLayer`].
#[derive(Clone)]
pub(crate) struct Observe<S> {
    inner: S,
    durations: Arc<Durations>,
}

impl<S: Service<Call, Response = Answer, Error = Failure>> Service<Call> for Observe<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Every layer below is always ready: what is too much is refused.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let span = span(self.durations.peer(), call.method);
        // Where nobody traces there is nothing to pass on.
        if !span.is_disabled() {
            inject(&span, call.request.headers_mut());
        }
        let measure = Measure::start(self.durations.clone(), call.method, span.clone());
        ResponseFuture { inner: span.in_scope(|| self.inner.call(call)), measure: Some(measure), span }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Observe`]. Dropped before its end it counts as given up.
    pub(crate) struct ResponseFuture<F> {
        #[pin]
        inner: F,
        measure: Option<Measure>,
        span: Span,
    }
}

impl<F: Future<Output = Result<Answer, Failure>>> Future for ResponseFuture<F> {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let _entered = this.span.enter();
        let result = ready!(this.inner.poll(cx));
        let mut measure = this.measure.take().expect("polled once to its end");
        Poll::Ready(Ok(match result {
            Ok(Answer { response, code: Some(code), .. }) => {
                measure.end(code);
                response
            }
            Ok(Answer { response, code: None, .. }) => response.map(|body| Body::new(Observed { body, measure })),
            Err(failure) => {
                let status = failure.into_status(measure.peer());
                measure.end(status.code());
                status.into_http()
            }
        }))
    }
}

pin_project_lite::pin_project! {
    /// A streamed answer, measured when it ends.
    struct Observed {
        #[pin]
        body: Body,
        measure: Measure,
    }
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        let trailers = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.trailers_ref());
        if let Some(code) = trailers.and_then(|trailers| trailers.get(Status::GRPC_STATUS)) {
            this.measure.end(Code::from_bytes(code.as_bytes()));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn span(peer: &str, method: Listed) -> Span {
    let name = method.full_name();
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

fn inject(span: &Span, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| propagator.inject_context(&span.context(), &mut Headers(headers)));
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, of_one_call(value));
        }
    }
}
