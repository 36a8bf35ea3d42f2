//! Keep: the request is read to its end before it is sent.
//!
//! The layers below can then send it again, here or elsewhere. It may come from outside, slowly or without end: it is
//! read under the deadline and within the bulkhead, up to the contract's largest request, and never where the method
//! takes a stream. What is kept is the bytes as they came; nothing is copied.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::request::Parts;
use labelmesh_errors::{Error, Reason};
use tonic::body::Body;
use tower::{Layer, Service};

use crate::{
    call::{Answer, Call, Head, Ready},
    failure::Failure,
    payload::Payload,
    whole::{Unread, Whole},
};

/// What leads each message on the wire: a flag and a length.
const PREFIX: usize = 5;

/// Reads requests.
pub(crate) struct KeepLayer;

impl<S> Layer<S> for KeepLayer {
    type Service = Keep<S>;

    fn layer(&self, inner: S) -> Keep<S> {
        Keep { inner }
    }
}

/// See [`KeepLayer`].
#[derive(Clone)]
pub(crate) struct Keep<S> {
    inner: S,
}

impl<S> Service<Call> for Keep<S>
where
    S: Service<Ready, Response = Answer, Error = Failure> + Clone,
{
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> ResponseFuture<S> {
        let Call { method, request, deadline } = call;
        let (Parts { headers, .. }, body) = request.into_parts();
        let head = Arc::new(Head { method, headers, deadline });
        // The clone is left behind, since it is the present one that was made ready.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        if method.streams_in {
            return ResponseFuture::Sent { answer: inner.call(Ready { head, payload: Payload::Stream(body) }) };
        }
        ResponseFuture::Reading { request: Whole::of(body, method.max_request_bytes + PREFIX), head, inner }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Keep`].
    #[project = Projected]
    pub(crate) enum ResponseFuture<S: Service<Ready>> {
        Reading { #[pin] request: Whole<Body>, head: Arc<Head>, inner: S },
        Sent { #[pin] answer: S::Future },
    }
}

impl<S: Service<Ready, Response = Answer, Error = Failure>> Future for ResponseFuture<S> {
    type Output = Result<Answer, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let sent = match self.as_mut().project() {
                Projected::Reading { request, head, inner } => {
                    let message = ready!(request.poll(cx)).map_err(unread)?;
                    inner.call(Ready { head: head.clone(), payload: Payload::Message(message) })
                }
                Projected::Sent { answer } => return answer.poll(cx),
            };
            self.set(ResponseFuture::Sent { answer: sent });
        }
    }
}

fn unread(unread: Unread<tonic::Status>) -> Failure {
    Failure::Request(match unread {
        Unread::Broken(status) => status,
        Unread::TooLarge => Error::new(Reason::RequestTooLarge, "the message is larger than is accepted").into(),
    })
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body::Frame;
    use http_body_util::{BodyExt as _, StreamBody};
    use tonic::Code;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::testing::{GET_TASK, answer, call};

    /// What becomes of a request of two pieces of this size.
    async fn sent(size: usize) -> Result<(), Failure> {
        let pieces = [(); 2].map(|()| Ok::<_, tonic::Status>(Frame::data(vec![7; size].into())));
        let mut call = call(GET_TASK);
        *call.request.body_mut() = Body::new(StreamBody::new(stream::iter(pieces)));
        let peer = service_fn(move |ready: Ready| async move {
            for copy in [ready.again().expect("a message"), ready] {
                let Payload::Message(message) = copy.payload else { panic!("a message") };
                assert_eq!(message.collect().await.expect("infallible").to_bytes().len(), 2 * size);
            }
            Ok(answer(Some(Code::Ok), Body::empty()))
        });
        KeepLayer.layer(peer).oneshot(call).await.map(drop)
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_can_be_sent_again_and_is_no_larger_than_the_contract_says() {
        sent(100).await.expect("sent");
        let limit = call(GET_TASK).method.max_request_bytes;
        let Err(Failure::Request(refused)) = sent(limit).await else { panic!("refused") };
        assert_eq!(labelmesh_errors::reason_of(&refused), Some(Reason::RequestTooLarge));
    }
}
