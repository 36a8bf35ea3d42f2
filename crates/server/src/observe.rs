//! One span, one request id and one measurement for every call, whatever becomes of it.

mod act;
mod measure;
mod observed;
mod span;

use std::sync::Arc;

use http::{HeaderValue, Request, Response};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::{CLIENT_ADDRESS, Network};
use labelmesh_proto::method::Subject;
use tonic::body::Body;
use tracing::Instrument as _;

pub use self::act::{Act, SECURITY, log_refusal};
use self::{act::Read, measure::Measure, observed::Observed};
use crate::{
    Lines,
    acting::REQUEST_ID,
    known::Target,
    listen::RemoteAddress,
    middleware::{Inner, Middleware},
    status::{code, complete},
};

/// Watches calls from outside everything else.
pub(crate) struct Observe {
    random: Random,
    lines: Arc<Lines>,
}

impl Observe {
    pub(crate) fn new(clock: Clock, random: Random) -> Self {
        Self { lines: Arc::new(Lines::new(clock, &random)), random }
    }

    /// The caller's request id where it is a decent one, otherwise a new one.
    fn request_id(&self, request: &Request<Body>) -> HeaderValue {
        let decent = |id: &&HeaderValue| id.len() <= 128 && id.as_bytes().iter().all(u8::is_ascii_graphic);
        let brought = request.headers().get(REQUEST_ID).filter(decent).cloned();
        brought.unwrap_or_else(|| {
            let id = format!("{:032x}", u128::from_be_bytes(self.random.bytes()));
            HeaderValue::try_from(id).expect("hexadecimal digits are a header value")
        })
    }
}

/// The network of whoever is called for, or else of whoever calls. That anybody may say what they like is no matter
/// here: a service hears of strangers from the gateway alone.
fn network(request: &Request<Body>) -> Option<Network> {
    let told = request.headers().get(CLIENT_ADDRESS).and_then(|address| address.to_str().ok()?.parse().ok());
    let connected = || request.extensions().get::<RemoteAddress>().map(|remote| remote.0.ip());
    told.or_else(connected).map(Network::around)
}

impl Middleware for Observe {
    async fn handle<S: Inner>(&self, mut request: Request<Body>, inner: S) -> Response<Body> {
        let target = Target::of(request.uri().path());
        let request_id = self.request_id(&request);
        request.headers_mut().insert(REQUEST_ID, request_id.clone());
        let span = span::of(&request, target, request_id.to_str().unwrap_or_default());
        let lines = (self.lines.clone(), network(&request));
        let act = Act::default();
        request.extensions_mut().insert(act.clone());
        let mut measure = Measure::start(target, span.clone(), lines, (act.clone(), request_id.clone()));
        let subject = if let Target::Method(method) = target { method.subject } else { None };
        if let Some(Subject::Request(path)) = subject {
            request = request.map(|body| Body::new(Read::new(body, act.clone(), path)));
        }
        let mut response = inner.pass(request).instrument(span).await;
        if let Some(Subject::Answer(path)) = subject {
            response = response.map(|body| Body::new(Read::new(body, act, path)));
        }
        complete(response.headers_mut());
        response.headers_mut().insert(REQUEST_ID, request_id);
        // A refusal is all headers; everything else ends with its trailers.
        match code(response.headers()) {
            Some(code) => {
                measure.end(code, response.headers());
                response
            }
            None => response.map(|body| Body::new(Observed::new(body, measure))),
        }
    }
}
