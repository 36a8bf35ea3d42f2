//! What is sent.
//!
//! A message is handed over at once, whatever the peer takes at present: it is kept for another try, so that it costs
//! no more memory while it waits. A stream is sent as it comes and as the peer takes it, by a task of its own, since
//! its answer may come meanwhile.

use std::{future::poll_fn, pin::Pin, task::Poll};

use bytes::Bytes;
use h2::{Error, Reason, SendStream};
use http_body::{Body as _, Frame};
use tokio_util::task::AbortOnDropHandle;
use tonic::{Status, body::Body};

use crate::whole::Message;

/// What is sent.
pub(crate) enum Payload {
    /// One message, of which there can be copies.
    Message(Message),
    /// A stream, which can be sent once.
    Stream(Body),
}

/// A stream on its way, which breaks off when this is dropped.
pub(crate) type Upload = AbortOnDropHandle<()>;

impl Payload {
    /// Whether there is nothing to send after the headers.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Message(message) => message.is_end_stream(),
            Self::Stream(body) => body.is_end_stream(),
        }
    }

    /// Sends it. What can't be sent has no error here: the answer tells.
    pub(crate) fn send(self, mut to: SendStream<Bytes>) -> Option<Upload> {
        match self {
            Self::Message(message) => {
                let _ = send(message, &mut to);
                None
            }
            Self::Stream(body) => Some(AbortOnDropHandle::new(tokio::spawn(async move {
                if let Err(error) = upload(body, &mut to).await {
                    tracing::debug!(error.cause = &error as &dyn std::error::Error, "an upload broke off");
                }
            }))),
        }
    }
}

fn send(mut message: Message, to: &mut SendStream<Bytes>) -> Result<(), Error> {
    while let Some(data) = message.pop() {
        to.send_data(data, message.is_end_stream())?;
    }
    message.into_trailers().map_or(Ok(()), |trailers| to.send_trailers(trailers))
}

async fn upload(mut body: Body, to: &mut SendStream<Bytes>) -> Result<(), Error> {
    while let Some(frame) = next(&mut body, to).await? {
        // Whoever makes the request has gone.
        let Ok(frame) = frame else {
            to.send_reset(Reason::INTERNAL_ERROR);
            return Ok(());
        };
        match frame.into_data() {
            Ok(data) => {
                if !data.is_empty() {
                    room(to).await?;
                }
                let ends = body.is_end_stream();
                to.send_data(data, ends)?;
                if ends {
                    return Ok(());
                }
            }
            Err(frame) => return frame.into_trailers().map_or(Ok(()), |trailers| to.send_trailers(trailers)),
        }
    }
    to.send_data(Bytes::new(), true)
}

/// What comes next, unless the peer wants no more.
async fn next(body: &mut Body, to: &mut SendStream<Bytes>) -> Result<Option<Result<Frame<Bytes>, Status>>, Error> {
    poll_fn(|cx| match to.poll_reset(cx) {
        Poll::Ready(reset) => Poll::Ready(Err(reset.map_or_else(|error| error, Error::from))),
        Poll::Pending => Pin::new(&mut *body).poll_frame(cx).map(Ok),
    })
    .await
}

/// Waits until the peer takes more. Room is asked for only when there is something to send, for what is asked for and
/// not used is kept from the other calls of the connection.
async fn room(to: &mut SendStream<Bytes>) -> Result<(), Error> {
    to.reserve_capacity(1);
    while to.capacity() == 0 {
        match poll_fn(|cx| to.poll_capacity(cx)).await {
            Some(room) => room?,
            None => return Err(Reason::STREAM_CLOSED.into()),
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::{Stream, StreamExt as _, stream};
    use h2::{RecvStream, client::ResponseFuture};
    use http::Request;
    use http_body_util::StreamBody;

    use super::*;
    use crate::testing::connected;

    /// An upload of pieces of these sizes that has begun: our half of it, and what the peer reads.
    async fn begun(
        sizes: impl Stream<Item = Result<usize, Status>> + Send + 'static,
    ) -> (Option<Upload>, ResponseFuture, RecvStream) {
        let (mut sender, mut served) = connected().await;
        let pieces = sizes.map(|size| size.map(|size| Frame::data(vec![7; size].into())));
        let request = Request::post("http://tasks/upload").body(()).expect("a request");
        let (response, to) = sender.send_request(request, false).expect("connected");
        let upload = Payload::Stream(Body::new(StreamBody::new(pieces))).send(to);
        let (request, respond) = served.accept().await.expect("a call").expect("a request");
        tokio::spawn(async move {
            let _respond = respond;
            while served.accept().await.is_some() {}
        });
        (upload, response, request.into_body())
    }

    /// How much can be read, and why no more where it breaks off.
    async fn read(mut stream: RecvStream) -> (usize, Option<Reason>) {
        let mut read = 0;
        while let Some(data) = stream.data().await {
            match data {
                Ok(data) => {
                    read += data.len();
                    stream.flow_control().release_capacity(data.len()).expect("it was taken");
                }
                Err(error) => return (read, error.reason()),
            }
        }
        (read, None)
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_is_sent_as_the_peer_takes_it() {
        let sizes = [50_000; 10].into_iter().chain([0, 1]).map(Ok);
        let (_upload, _response, stream) = begun(stream::iter(sizes)).await;
        assert_eq!(read(stream).await, (500_001, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_breaks_off_does_so_for_the_peer_and_is_no_fault_of_it() {
        let (_upload, response, stream) = begun(stream::iter([Err(Status::cancelled("it has gone"))])).await;
        assert_eq!(read(stream).await, (0, Some(Reason::INTERNAL_ERROR)));
        let error = response.await.expect_err("no answer");
        assert!(error.is_reset() && !error.is_remote() && !error.is_library(), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_whose_call_is_given_up_is_taken_back() {
        let (upload, response, stream) = begun(stream::pending()).await;
        drop((upload, response));
        assert_eq!(read(stream).await, (0, Some(Reason::CANCEL)));
    }
}
