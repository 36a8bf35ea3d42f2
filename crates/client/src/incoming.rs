//! An answer as it comes.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::{Reason, RecvStream};
use http_body::{Body, Frame};

/// What follows the headers of an answer. Dropped before its end, it tells the peer to stop.
pub(crate) struct Incoming(RecvStream);

impl Incoming {
    pub(crate) fn of(stream: RecvStream) -> Self {
        Self(stream)
    }
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let stream = &mut self.0;
        let frame = match ready!(stream.poll_data(cx)) {
            Some(data) => data.map(|data| Some(Frame::data(data))),
            None => ready!(stream.poll_trailers(cx)).map(|trailers| trailers.map(Frame::trailers)),
        };
        Poll::Ready(match frame {
            Ok(Some(frame)) => {
                // The peer may send as much again. Where it has gone, what comes next tells.
                if let Some(data) = frame.data_ref() {
                    let _ = stream.flow_control().release_capacity(data.len());
                }
                Some(Ok(frame))
            }
            Ok(None) => None,
            // By RFC 9113 (8.1), a peer that has answered and needs no more of the request says so.
            Err(error) if error.reason() == Some(Reason::NO_ERROR) => None,
            Err(error) => Some(Err(error)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
