//! One span, one request id and one measurement for every call, whatever becomes of it.

mod measure;
mod observed;
mod span;

use http::{HeaderName, HeaderValue, Request, Response};
use labelmesh_clock::Random;
use tonic::body::Body;
use tracing::Instrument as _;

use self::{measure::Measure, observed::Observed};
use crate::{
    known::Target,
    middleware::{Inner, Middleware},
    status::{code, complete},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Watches calls from outside everything else.
pub(crate) struct Observe(Random);

impl Observe {
    pub(crate) fn new(random: Random) -> Self {
        Self(random)
    }

    /// The caller's request id where it is a decent one, otherwise a new one.
    fn request_id(&self, request: &Request<Body>) -> HeaderValue {
        let decent = |id: &&HeaderValue| id.len() <= 128 && id.as_bytes().iter().all(u8::is_ascii_graphic);
        let brought = request.headers().get(REQUEST_ID).filter(decent).cloned();
        brought.unwrap_or_else(|| {
            let id = format!("{:032x}", u128::from_be_bytes(self.0.bytes()));
            HeaderValue::try_from(id).expect("hexadecimal digits are a header value")
        })
    }
}

impl Middleware for Observe {
    async fn handle<S: Inner>(&self, mut request: Request<Body>, inner: S) -> Response<Body> {
        let target = Target::of(request.uri().path());
        let request_id = self.request_id(&request);
        request.headers_mut().insert(REQUEST_ID, request_id.clone());
        let span = span::of(&request, target, request_id.to_str().unwrap_or_default());
        let mut measure = Measure::start(target, span.clone());
        let mut response = inner.pass(request).instrument(span).await;
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
