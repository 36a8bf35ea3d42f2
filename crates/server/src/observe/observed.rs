//! An answer that is measured at its end.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};

use super::measure::Measure;
use crate::status::{code, complete};

pin_project_lite::pin_project! {
    /// An answer that is measured at its end, and polled within its call's span.
    pub(super) struct Observed {
        #[pin]
        body: Body,
        measure: Measure,
    }
}

impl Observed {
    pub(super) fn new(body: Body, measure: Measure) -> Self {
        Self { body, measure }
    }
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let span = this.measure.span().clone();
        let polled = span.in_scope(|| this.body.poll_frame(cx));
        let Some(Ok(frame)) = ready!(polled) else {
            // No trailers: a body that ends so was broken off.
            this.measure.end(Code::Unknown, &HeaderMap::new());
            return Poll::Ready(None);
        };
        match frame.into_trailers() {
            Ok(mut trailers) => {
                complete(&mut trailers);
                this.measure.end(code(&trailers).unwrap_or(Code::Unknown), &trailers);
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
            Err(frame) => Poll::Ready(Some(Ok(frame))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
