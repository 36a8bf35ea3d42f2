//! The messages of a streamed answer, each passed on as a whole.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use tonic::body::Body;

use crate::whole::LARGEST_ANSWER;

/// What leads each message on the wire: a flag and its length in four bytes.
const PREFIX: usize = 5;

type Broken = Box<dyn std::error::Error + Send + Sync>;

/// An answer whose frames end where a message ends. What has come of a message is held until its rest is there, so that
/// an answer that breaks off can still be ended by a status.
pub(crate) struct Messages {
    body: Body,
    /// The beginning of a message.
    held: BytesMut,
    /// How long `held` has to be before it is worth another look.
    wanted: usize,
}

impl Messages {
    pub(crate) fn of(body: Body) -> Self {
        Self { body, held: BytesMut::new(), wanted: PREFIX }
    }

    /// The next frame: whole messages, or the trailers; none where the answer ends without any.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                Some(Err(status)) => return Poll::Ready(Some(Err(status.into()))),
                None => return Poll::Ready(None),
            };
            match frame.into_data() {
                Ok(data) => match self.take(data) {
                    Ok(Some(messages)) => return Poll::Ready(Some(Ok(Frame::data(messages)))),
                    Ok(None) => {}
                    Err(too_large) => return Poll::Ready(Some(Err(too_large.into()))),
                },
                Err(trailers) if self.held.is_empty() => return Poll::Ready(Some(Ok(trailers))),
                Err(_) => return Poll::Ready(Some(Err("it ended within a message".into()))),
            }
        }
    }

    /// Adds what has come and returns the messages that are whole by now. Messages that come as a whole are not copied.
    fn take(&mut self, mut data: Bytes) -> Result<Option<Bytes>, &'static str> {
        if self.held.is_empty() {
            let whole = self.whole(&data)?;
            self.held.extend_from_slice(&data.split_off(whole));
            return Ok((whole > 0).then_some(data));
        }
        self.held.extend_from_slice(&data);
        if self.held.len() < self.wanted {
            return Ok(None);
        }
        let held = std::mem::take(&mut self.held).freeze();
        let whole = self.whole(&held)?;
        self.held.extend_from_slice(&held[whole..]);
        Ok((whole > 0).then(|| held.slice(..whole)))
    }

    /// How many bytes belong to whole messages; notes how many the message after them takes.
    fn whole(&mut self, data: &[u8]) -> Result<usize, &'static str> {
        let mut whole = 0;
        while let Some(prefix) = data[whole..].first_chunk::<PREFIX>() {
            let [_, length @ ..] = *prefix;
            self.wanted = PREFIX + u32::from_be_bytes(length) as usize;
            if self.wanted > PREFIX + LARGEST_ANSWER {
                return Err("a message of the answer is too large");
            }
            if data.len() - whole < self.wanted {
                return Ok(whole);
            }
            whole += self.wanted;
        }
        self.wanted = PREFIX;
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, future::poll_fn, stream};
    use http_body_util::StreamBody;
    use tonic::Status;

    use super::*;

    /// What comes out of an answer that comes in these pieces and then breaks off.
    async fn passed_on(pieces: Vec<Bytes>) -> Vec<Bytes> {
        let frames = stream::iter(pieces).map(|piece| Ok(Frame::data(piece)));
        let cut = stream::iter([Err(Status::unavailable("cut off"))]);
        let mut messages = Messages::of(Body::new(StreamBody::new(frames.chain(cut))));
        let mut passed_on = Vec::new();
        while let Some(Ok(frame)) = poll_fn(|cx| messages.poll_next(cx)).await {
            passed_on.push(frame.into_data().expect("no trailers"));
        }
        passed_on
    }

    fn message(length: u8) -> Vec<u8> {
        [&[0, 0, 0, 0, length][..], &vec![length; usize::from(length)]].concat()
    }

    #[tokio::test]
    async fn wherever_an_answer_is_cut_whole_messages_are_passed_on() {
        let sent = [message(0), message(3), message(200), message(1)].concat();
        let ends: Vec<usize> = [5, 8, 205, 6]
            .into_iter()
            .scan(0, |at, length| {
                *at += length;
                Some(*at)
            })
            .collect();
        for size in 1..=sent.len() {
            for cut in 0..=sent.len() {
                let pieces = sent[..cut].chunks(size).map(Bytes::copy_from_slice).collect();
                let passed_on = passed_on(pieces).await.concat();
                let whole = ends.iter().copied().filter(|end| *end <= cut).max().unwrap_or(0);
                assert_eq!(passed_on, sent[..whole], "in pieces of {size}, cut at {cut}");
            }
        }
    }

    #[tokio::test]
    async fn a_length_beyond_all_bounds_is_not_waited_for() {
        assert!(passed_on(vec![Bytes::from_static(&[0, 255, 255, 255, 255, 1]), message(1).into()]).await.is_empty());
    }
}
