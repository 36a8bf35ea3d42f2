//! What is sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::Frame;
use tonic::{Status, body::Body};

use crate::whole::Message;

/// What is sent.
pub(crate) enum Payload {
    /// One message, of which there can be copies.
    Message(Message),
    /// A stream, which can be sent once.
    Stream(Body),
}

impl http_body::Body for Payload {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.get_mut() {
            Self::Message(message) => Pin::new(message).poll_frame(cx).map_err(|never| match never {}),
            Self::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Message(message) => message.is_end_stream(),
            Self::Stream(body) => body.is_end_stream(),
        }
    }
}
