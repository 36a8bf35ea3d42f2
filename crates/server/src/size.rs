//! The largest request message.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use labelmesh_errors::{Error, Reason};
use tonic::{Status, body::Body};

use crate::{
    known::method_of,
    middleware::{Inner, Middleware},
};

/// Ends the request at a message that is larger than the contract allows, before any of it is kept.
pub(crate) struct Sizes;

impl Middleware for Sizes {
    async fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> Response<Body> {
        let Some(method) = method_of(&request) else { return inner.pass(request).await };
        let limit = method.max_request_bytes;
        inner.pass(request.map(|body| Body::new(Limited { body, limit, prefix: Prefix::default() }))).await
    }
}

pin_project_lite::pin_project! {
    struct Limited {
        #[pin]
        body: Body,
        limit: usize,
        prefix: Prefix,
    }
}

/// The position in a gRPC body, where a flag and a length (5 bytes) lead each message.
#[derive(Default)]
struct Prefix {
    bytes: [u8; 5],
    filled: usize,
    /// What is still to come of the present message.
    left: usize,
}

impl Prefix {
    /// Reads on; the length of a message that is larger than `limit`, where there is one.
    fn oversized(&mut self, mut data: &[u8], limit: usize) -> Option<usize> {
        while !data.is_empty() {
            let skipped = self.left.min(data.len());
            self.left -= skipped;
            data = &data[skipped..];
            let taken = (5 - self.filled).min(data.len());
            self.bytes[self.filled..self.filled + taken].copy_from_slice(&data[..taken]);
            self.filled += taken;
            data = &data[taken..];
            if self.filled == 5 {
                let [_, length @ ..] = self.bytes;
                self.filled = 0;
                self.left = u32::from_be_bytes(length) as usize;
                if self.left > limit {
                    return Some(self.left);
                }
            }
        }
        None
    }
}

impl http_body::Body for Limited {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
            && let Some(length) = this.prefix.oversized(data, *this.limit)
        {
            let message = format!("a message of {length} bytes; {} are accepted", this.limit);
            return Poll::Ready(Some(Err(Error::new(Reason::RequestTooLarge, message).into())));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.resize(5 + length as usize, 7);
        bytes
    }

    #[test]
    fn each_message_is_measured_however_the_bytes_arrive() {
        let stream = [message(10), message(0), message(3), message(11)].concat();
        for step in 1..stream.len() {
            let mut prefix = Prefix::default();
            let found: Vec<_> = stream.chunks(step).filter_map(|chunk| prefix.oversized(chunk, 10)).collect();
            assert_eq!(found, [11], "in steps of {step}");
        }
    }
}
