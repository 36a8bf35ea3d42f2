//! Deadline: a call ends when its time is up.
//!
//! A call gets the deadline that it asks for (`grpc-timeout`) or else the contract's, never longer than what is left of
//! the call that is being handled. A stream has one only where it asks for it or inherits it. When it passes,
//! everything below is dropped and the answer is DEADLINE_EXCEEDED; a stream that has begun ends with that status in
//! its trailers. tower's `Timeout` gives every request the same time from its start, and knows neither of these.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use labelmesh_deadline::{Deadline, current, read};
use tokio::time::{Sleep, sleep_until};
use tonic::{Status, body::Body};
use tower::{Layer, Service};

use crate::{
    call::{Answer, Call},
    failure::{Failure, too_late, trailers},
};

/// Gives each call its deadline.
pub(crate) struct DeadlineLayer;

impl<S> Layer<S> for DeadlineLayer {
    type Service = InTime<S>;

    fn layer(&self, inner: S) -> InTime<S> {
        InTime { inner }
    }
}

/// See [`DeadlineLayer`].
#[derive(Clone)]
pub(crate) struct InTime<S> {
    inner: S,
}

impl<S: Service<Call, Response = Answer, Error = Failure>> Service<Call> for InTime<S> {
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        call.deadline = deadline(&call);
        let passed = call.deadline.map(|deadline| sleep_until(deadline.instant()));
        // What has no time left is not begun.
        let begun = call.deadline.is_none_or(|deadline| !deadline.remaining().is_zero());
        ResponseFuture { inner: begun.then(|| self.inner.call(call)), passed }
    }
}

/// Streams have no deadline of their own: theirs in the contract is the longest silence.
fn deadline(call: &Call) -> Option<Deadline> {
    let asked = read(call.request.headers()).ok().flatten();
    let streams = call.method.streams_in || call.method.streams_out;
    let own = asked.or((!streams).then_some(call.method.deadline)).map(Deadline::after);
    [own, current()].into_iter().flatten().min()
}

pin_project_lite::pin_project! {
    /// The future of [`InTime`].
    pub(crate) struct ResponseFuture<F> {
        // None once its time is up.
        #[pin]
        inner: Option<F>,
        #[pin]
        passed: Option<Sleep>,
    }
}

impl<F: Future<Output = Result<Answer, Failure>>> Future for ResponseFuture<F> {
    type Output = Result<Answer, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Ready(Err(Failure::TooLate)) };
        if let Poll::Ready(result) = inner.poll(cx) {
            let deadline = this.passed.as_pin_mut().map(|passed| passed.deadline());
            return Poll::Ready(result.map(|answer| match deadline {
                Some(deadline) if answer.code.is_none() => ending(answer, Box::pin(sleep_until(deadline))),
                _ => answer,
            }));
        }
        match this.passed.as_pin_mut() {
            Some(passed) => ready!(passed.poll(cx)),
            None => return Poll::Pending,
        }
        // Dropped here and not with this future, so that the layers below know at once.
        this.inner.set(None);
        Poll::Ready(Err(Failure::TooLate))
    }
}

fn ending(answer: Answer, passed: Pin<Box<Sleep>>) -> Answer {
    let response = answer.response.map(|body| Body::new(Stream { body: Some(body), passed }));
    Answer { response, ..answer }
}

/// A stream that ends when its deadline passes. Every frame of it is whole messages, so it can end after any.
struct Stream {
    /// None once the deadline has passed.
    body: Option<Body>,
    passed: Pin<Box<Sleep>>,
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        // The deadline is looked at first: a stream that always has more would never see it.
        if this.passed.as_mut().poll(cx).is_ready() {
            this.body = None;
            return Poll::Ready(Some(Ok(Frame::trailers(trailers(too_late())))));
        }
        Pin::new(body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // Shorter than the whole where the deadline passes before.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt as _;
    use labelmesh_deadline::{GRPC_TIMEOUT, scope, write};
    use tokio::time::Instant;
    use tonic::Code;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::testing::{GET_TASK, WATCH_TASK, answer, call};

    /// Milliseconds that a call takes which is never answered.
    async fn lasts(call: Call) -> u128 {
        let began = Instant::now();
        let never = DeadlineLayer.layer(service_fn(|_: Call| std::future::pending()));
        assert!(matches!(never.oneshot(call).await, Err(Failure::TooLate)));
        began.elapsed().as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_has_the_contracts_time_or_its_own_or_what_is_left_of_its_callers() {
        // Timers of tokio tick in milliseconds.
        let contract = call(GET_TASK).method.deadline.as_millis();
        assert!((contract..contract + 2).contains(&lasts(call(GET_TASK)).await));
        let mut asks = call(GET_TASK);
        asks.request.headers_mut().insert(GRPC_TIMEOUT, write(Duration::from_millis(300)));
        assert!((300..302).contains(&lasts(asks).await));
        let inherited = Deadline::after(Duration::from_millis(200));
        assert!((200..202).contains(&scope(inherited, lasts(call(GET_TASK))).await));
        assert_eq!(scope(inherited, lasts(call(GET_TASK))).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_has_begun_ends_with_the_status_in_its_trailers() {
        let streams = service_fn(|_: Call| async { Ok(answer(None, Body::new(pending_body()))) });
        let inherited = Deadline::after(Duration::from_millis(200));
        let opened = scope(inherited, async { DeadlineLayer.layer(streams).oneshot(call(WATCH_TASK)).await }).await;
        let body = opened.expect("opened").response.into_body().collect().await.expect("it ends well");
        let status = Status::from_header_map(body.trailers().expect("trailers")).expect("a status");
        assert_eq!(status.code(), Code::DeadlineExceeded);
    }

    fn pending_body() -> impl http_body::Body<Data = Bytes, Error = Status> {
        http_body_util::StreamBody::new(futures::stream::pending::<Result<Frame<Bytes>, Status>>())
    }
}
