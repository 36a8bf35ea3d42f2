//! Bulkhead: a bound on how many calls to a peer are under way at once.
//!
//! What is beyond it is refused with OVERLOADED at once: a peer that has become slow must not hold all of our memory
//! and the calls to everybody else with it, and a queue would only make everybody late. Calls and streams are bounded
//! apart, since streams mostly wait. What is refused counts in `rpc_client_shed_total`, by peer and kind.
//!
//! A place is taken until the answer is there, and for a stream until it ends. tower's `ConcurrencyLimit` gives it back
//! as soon as a stream begins; where it and tower's `LoadShed` would do, each call would clone all that is below.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use metrics::{Counter, counter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Layer, Service};

use crate::{
    Options,
    call::{Answer, Call},
    failure::Failure,
};

/// Bounds what is under way at once.
pub(crate) struct BulkheadLayer {
    bounds: Arc<Bounds>,
}

struct Bounds {
    calls: Bound,
    streams: Bound,
}

struct Bound {
    places: Arc<Semaphore>,
    /// How much was refused.
    shed: Counter,
}

impl BulkheadLayer {
    pub(crate) fn new(peer: &str, options: Options) -> Self {
        let bound = |kind: &'static str, places| Bound {
            places: Arc::new(Semaphore::new(places)),
            shed: counter!("rpc_client_shed_total", "peer" => peer.to_owned(), "kind" => kind),
        };
        let (calls, streams) = (bound("calls", options.calls), bound("streams", options.streams));
        Self { bounds: Arc::new(Bounds { calls, streams }) }
    }
}

impl<S> Layer<S> for BulkheadLayer {
    type Service = Bulkhead<S>;

    fn layer(&self, inner: S) -> Bulkhead<S> {
        Bulkhead { inner, bounds: self.bounds.clone() }
    }
}

/// See [`BulkheadLayer`].
#[derive(Clone)]
pub(crate) struct Bulkhead<S> {
    inner: S,
    bounds: Arc<Bounds>,
}

impl<S: Service<Call, Response = Answer, Error = Failure>> Service<Call> for Bulkhead<S> {
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        // Which bound applies is not known before there is a call.
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let bound = if call.method.streams_out { &self.bounds.streams } else { &self.bounds.calls };
        match bound.places.clone().try_acquire_owned() {
            Ok(place) => ResponseFuture::Within { inner: self.inner.call(call), place: Some(place) },
            Err(_) => {
                bound.shed.increment(1);
                ResponseFuture::Full
            }
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Bulkhead`].
    #[project = Projected]
    pub(crate) enum ResponseFuture<F> {
        Within { #[pin] inner: F, place: Option<OwnedSemaphorePermit> },
        Full,
    }
}

impl<F: Future<Output = Result<Answer, Failure>>> Future for ResponseFuture<F> {
    type Output = Result<Answer, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Projected::Within { inner, place } = self.project() else { return Poll::Ready(Err(Failure::Overloaded)) };
        let answer = ready!(inner.poll(cx));
        let place = place.take();
        Poll::Ready(answer.map(|answer| answer.holding(place)))
    }
}

#[cfg(test)]
mod tests {
    use tonic::{Code, body::Body};
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::testing::{GET_TASK, WATCH_TASK, answer, call, measured, value};

    #[tokio::test(start_paused = true)]
    async fn a_place_is_taken_until_the_answer_or_the_end_of_the_stream() {
        let options = Options { calls: 1, streams: 1, ..Options::default() };
        let (layer, metrics) = measured(|| BulkheadLayer::new("tasks", options));
        let slow = service_fn(|call: Call| async move {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let code = (!call.method.streams_out).then_some(Code::Ok);
            Ok(answer(code, Body::new(http_body_util::Full::from("data"))))
        });
        let bulkhead = layer.layer(slow);
        let ask = |path| bulkhead.clone().oneshot(call(path));

        let first = tokio::spawn(ask(GET_TASK));
        tokio::time::advance(std::time::Duration::from_millis(1)).await;
        assert!(matches!(ask(GET_TASK).await, Err(Failure::Overloaded)));
        let stream = ask(WATCH_TASK).await.expect("streams have places of their own");
        assert!(matches!(ask(WATCH_TASK).await, Err(Failure::Overloaded)));
        drop(stream);
        ask(WATCH_TASK).await.expect("the place is free again");
        first.await.expect("no panic").expect("answered");
        ask(GET_TASK).await.expect("the place is free again");
        assert_eq!(value(&metrics, &["rpc_client_shed_total", "calls"]), 1.0);
        assert_eq!(value(&metrics, &["rpc_client_shed_total", "streams"]), 1.0);
    }
}
