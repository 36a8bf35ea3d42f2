//! What surrounds every request: an id, a span, a measurement, a bound on open requests, and an end to panics.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use labelmesh_errors::Error;
use labelmesh_server::continue_trace;
use opentelemetry::{global, propagation::Injector};
use tonic::body::Body;
use tracing::{Instrument as _, Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{
    app::App,
    call::REQUEST_ID,
    client::{self, Client},
    edge::Kind,
    head, inert,
    measure::{Measure, Measured, Template},
    rates,
};

/// Answers a request and observes it.
pub(crate) async fn answer(app: Arc<App>, mut request: Request<Body>) -> Response<Body> {
    let id = request_id(&app, request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let span = span(&request, id.to_str().unwrap_or_default());
    let (kind, address) = (Kind::of(&request), client::address(&app, &request));
    let lines = Arc::clone(&app.lines);
    let measure = Measure::start(request.method(), span.clone(), (lines, app.places.network(address)));
    let (client, mut response) = match Client::seat(&app, address) {
        Ok(client) if let Some(refused) = head::too_large(&app, &request) => (Some(client), refused),
        Ok(client) => {
            request.extensions_mut().insert(client.clone());
            (Some(client), guarded(&app, kind, request).instrument(span.clone()).await)
        }
        Err(error) => (None, kind.refuse(&app, error)),
    };
    response.headers_mut().insert(REQUEST_ID, id);
    inert::mark(response.headers_mut());
    if let Some((method, taken)) = client.as_ref().and_then(|client| client.seat.taken()) {
        rates::tell(method, taken, response.headers_mut());
    }
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut HeadersMut(response.headers_mut()));
    });
    let template = response.extensions_mut().remove::<Template>();
    let measure = measure.answered(response.status(), template);
    response.map(|body| Body::new(Measured::new(body, (measure, client))))
}

/// Answers a request; a panic ends it and nothing else.
async fn guarded(app: &Arc<App>, kind: Kind, request: Request<Body>) -> Response<Body> {
    // Nothing of the request is looked at after a panic, so nothing half-changed can be seen.
    let answered = AssertUnwindSafe(kind.answer(app.clone(), request)).catch_unwind().await;
    answered.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        kind.refuse(app, Error::internal(format!("panicked: {}", message.unwrap_or("not with a text"))))
    })
}

/// The client's request id where it is short and printable, otherwise a new one.
fn request_id(app: &App, headers: &HeaderMap) -> HeaderValue {
    let decent = |id: &&HeaderValue| (1..=128).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
    headers.get(REQUEST_ID).filter(decent).cloned().unwrap_or_else(|| new_id(app))
}

fn new_id(app: &App) -> HeaderValue {
    HeaderValue::try_from(app.new_id()).expect("a UUID is a header value")
}

/// The span of a request, with the attributes of OpenTelemetry's semantic conventions for HTTP. Its parent is the
/// client's, read from `traceparent`.
fn span(request: &Request<Body>, request_id: &str) -> Span {
    let span = info_span!(
        "http",
        otel.name = %request.method(),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.route = Empty,
        http.response.status_code = Empty,
        url.path = request.uri().path(),
        request.id = request_id,
    );
    continue_trace(&span, request.headers());
    span
}

struct HeadersMut<'a>(&'a mut HeaderMap);

impl Injector for HeadersMut<'_> {
    fn set(&mut self, key: &str, value: String) {
        // An empty `tracestate` says nothing.
        if value.is_empty() {
            return;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
