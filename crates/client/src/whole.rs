//! Reading a body that is one message.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// The largest answer that is taken as one message.
pub(crate) const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A body that has been read to its end, and is a body again. Nothing of it is copied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// Nearly always the only piece of data, which is why it needs no allocation.
    first: Bytes,
    rest: VecDeque<Bytes>,
    trailers: Option<HeaderMap>,
}

/// Why a body could not be read to its end.
#[derive(Debug)]
pub(crate) enum Unread<E> {
    /// It is larger than is accepted.
    TooLarge,
    /// It broke off.
    Broken(E),
}

pin_project_lite::pin_project! {
    /// Reads a body to its end.
    pub(crate) struct Whole<B> {
        #[pin]
        body: B,
        left: usize,
        message: Message,
    }
}

impl<B> Whole<B> {
    /// Reads a body of at most `limit` bytes.
    pub(crate) fn of(body: B, limit: usize) -> Self {
        Self { body, left: limit, message: Message::default() }
    }
}

impl<B: Body<Data = Bytes>> Future for Whole<B> {
    type Output = Result<Message, Unread<B::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        while let Some(frame) = ready!(this.body.as_mut().poll_frame(cx)) {
            match frame.map_err(Unread::Broken)?.into_data() {
                Ok(data) => {
                    let Some(left) = this.left.checked_sub(data.len()) else {
                        return Poll::Ready(Err(Unread::TooLarge));
                    };
                    *this.left = left;
                    this.message.push(data);
                }
                // Nothing follows them.
                Err(frame) => {
                    this.message.trailers = frame.into_trailers().ok();
                    break;
                }
            }
        }
        Poll::Ready(Ok(std::mem::take(this.message)))
    }
}

impl Message {
    /// What follows the data.
    pub(crate) fn trailers(&self) -> Option<&HeaderMap> {
        self.trailers.as_ref()
    }

    /// The same, once the data has been taken.
    pub(crate) fn into_trailers(self) -> Option<HeaderMap> {
        self.trailers
    }

    /// Takes the next piece of data.
    pub(crate) fn pop(&mut self) -> Option<Bytes> {
        let next = self.rest.pop_front().unwrap_or_default();
        Some(std::mem::replace(&mut self.first, next)).filter(|data| !data.is_empty())
    }

    fn push(&mut self, data: Bytes) {
        if self.first.is_empty() {
            self.first = data;
        } else if !data.is_empty() {
            self.rest.push_back(data);
        }
    }
}

// No exact size is told: hyper would make it a content-length, and gRPC-Web adds the trailers to the data.
impl Body for Message {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = self.pop().map(Frame::data).or_else(|| self.trailers.take().map(Frame::trailers));
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let bytes = self.first.len() + self.rest.iter().map(Bytes::len).sum::<usize>();
        let mut hint = SizeHint::new();
        hint.set_lower(bytes as u64);
        hint
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    fn body(pieces: &'static [&'static str]) -> impl Body<Data = Bytes, Error = Infallible> {
        let data = pieces.iter().map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes()))));
        let trailers = HeaderMap::from_iter([(http::header::AGE, http::HeaderValue::from_static("7"))]);
        StreamBody::new(stream::iter(data.chain([Ok(Frame::trailers(trailers))])))
    }

    #[tokio::test]
    async fn a_body_is_the_same_after_it_was_read() {
        let message = Whole::of(body(&["", "ab", "", "c", "def"]), 6).await.expect("six bytes");
        assert_eq!((message.size_hint().lower(), message.size_hint().exact()), (6, None));
        for copy in [message.clone(), message] {
            let read = copy.collect().await.expect("infallible");
            assert_eq!(
                read.trailers().and_then(|trailers| trailers.get("age")).map(|age| age.as_bytes()),
                Some(&b"7"[..])
            );
            assert_eq!(read.to_bytes(), "abcdef");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_not_read_on() {
        assert!(matches!(Whole::of(body(&["ab", "cd"]), 3).await, Err(Unread::TooLarge)));
    }
}
