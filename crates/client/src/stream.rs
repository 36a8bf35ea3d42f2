//! A streamed answer.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use http::HeaderMap;
use http_body::Frame;
use labelmesh_deadline::Deadline;
use labelmesh_errors::Error;
use tokio::{sync::OwnedSemaphorePermit, time::sleep_until};
use tonic::{Code, Status, body::Body};

use crate::{
    balance::InFlight,
    messages::Messages,
    observe::Measure,
    status::{too_late, unreachable},
};

/// A streamed answer: it holds its places until it ends, and ends when its deadline passes. However it ends, it ends
/// with a status in its trailers, since whoever passes it on as bytes has no other way to tell; and it ends between two
/// messages, since a client that has part of one reads no status. Where it breaks off, the peer is unavailable.
pub(crate) struct Stream {
    peer: String,
    /// None once it has ended.
    messages: Option<Messages>,
    passed: BoxFuture<'static, ()>,
    measure: Measure,
    _held: (OwnedSemaphorePermit, Option<InFlight>),
}

impl Stream {
    pub(crate) fn new(
        peer: String,
        body: Body,
        deadline: Option<Deadline>,
        measure: Measure,
        held: (OwnedSemaphorePermit, Option<InFlight>),
    ) -> Self {
        let passed = match deadline {
            Some(deadline) => sleep_until(deadline.instant()).boxed(),
            None => std::future::pending().boxed(),
        };
        Self { peer, messages: Some(Messages::of(body)), passed, measure, _held: held }
    }

    /// The last frame of a stream that has not ended by itself.
    fn end(&mut self, code: Code, error: Error) -> Frame<Bytes> {
        self.messages = None;
        self.measure.end(code);
        let mut trailers = HeaderMap::new();
        Status::from(error).add_header(&mut trailers).expect("our own statuses fit in headers");
        Frame::trailers(trailers)
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(messages) = &mut this.messages else { return Poll::Ready(None) };
        // The deadline is looked at first: a stream that always has more would never see it.
        if this.passed.poll_unpin(cx).is_ready() {
            return Poll::Ready(Some(Ok(this.end(Code::DeadlineExceeded, too_late()))));
        }
        let frame = match ready!(messages.poll_next(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(broken)) => this.end(Code::Unavailable, unreachable(&this.peer, broken)),
            None => this.end(Code::Unavailable, unreachable(&this.peer, "it ended without a status")),
        };
        if let Some(status) = frame.trailers_ref().and_then(Status::from_header_map) {
            this.messages = None;
            this.measure.end(status.code());
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.messages.is_none()
    }
}
