//! A streamed answer that ends with a status however it ends.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::Frame;
use tonic::{Status, body::Body};

use crate::{
    failure::{trailers, unreachable},
    messages::Messages,
};

/// A streamed answer. However it ends, it ends with a status in its trailers, since whoever passes it on as bytes has
/// no other way to tell; and it ends between two messages, since a client that has part of one reads no status. Where
/// it breaks off, the peer is unavailable.
pub(crate) struct Stream {
    peer: Arc<str>,
    /// None once it has ended.
    messages: Option<Messages>,
}

impl Stream {
    pub(crate) fn of(body: Body, peer: Arc<str>) -> Self {
        Self { peer, messages: Some(Messages::of(body)) }
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(messages) = &mut this.messages else { return Poll::Ready(None) };
        let broken = |cause| Frame::trailers(trailers(unreachable(&this.peer, cause)));
        let frame = match ready!(messages.poll_next(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(cause)) => broken(cause),
            None => broken("it ended without a status".into()),
        };
        if frame.is_trailers() {
            this.messages = None;
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.messages.is_none()
    }
}
