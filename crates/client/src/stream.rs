//! A streamed answer.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use http_body::Frame;
use labelmesh_deadline::Deadline;
use tokio::{sync::OwnedSemaphorePermit, time::sleep_until};
use tonic::{Code, Status, body::Body};

use crate::{
    balance::InFlight,
    observe::Measure,
    status::{too_late, unreachable},
};

/// A streamed answer: it holds its places until it ends, and ends when its deadline passes. Where it breaks off, the
/// peer is unavailable: what a peer has to say itself comes with the trailers.
pub(crate) struct Stream {
    peer: String,
    body: Body,
    passed: Option<BoxFuture<'static, ()>>,
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
        let passed = deadline.map(|deadline| sleep_until(deadline.instant()).boxed());
        Self { peer, body, passed, measure, _held: held }
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let Some(passed) = &mut this.passed
            && passed.poll_unpin(cx).is_ready()
        {
            this.passed = None;
            this.measure.end(Code::DeadlineExceeded);
            return Poll::Ready(Some(Err(too_late().into())));
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let Some(status) = frame.trailers_ref().and_then(Status::from_header_map) {
                    this.measure.end(status.code());
                }
                Some(Ok(frame))
            }
            Some(Err(broken)) => {
                this.measure.end(Code::Unavailable);
                Some(Err(unreachable(&this.peer, broken).into()))
            }
            None => {
                this.measure.end(Code::Unknown);
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
