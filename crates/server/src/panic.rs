//! A panic ends its call and nothing else.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::FutureExt as _;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use labelmesh_errors::Error;
use tonic::{Status, body::Body};

use crate::{
    middleware::{Inner, Middleware},
    status::{refuse, trailers},
};

/// Answers a panic with an internal error that tells nothing of it.
pub(crate) struct Panics;

impl Middleware for Panics {
    async fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> Response<Body> {
        // Nothing of the call is looked at after a panic, so nothing half-changed can be seen.
        match AssertUnwindSafe(inner.pass(request)).catch_unwind().await {
            Ok(response) if response.body().is_end_stream() => response,
            Ok(response) => response.map(|body| Body::new(Guarded { body: Some(body) })),
            Err(panic) => refuse(error(panic.as_ref())),
        }
    }
}

fn error(panic: &(dyn Any + Send)) -> Error {
    let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Error::internal(format!("panicked: {}", message.unwrap_or("not with a text")))
}

/// An answer whose panics end it with an internal error.
struct Guarded {
    /// None once it has panicked.
    body: Option<Body>,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        match catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(cx))) {
            Ok(polled) => Poll::Ready(ready!(polled)),
            Err(panic) => {
                self.body = None;
                Poll::Ready(Some(Ok(Frame::trailers(trailers(error(panic.as_ref()))))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, http_body::Body::size_hint)
    }
}
