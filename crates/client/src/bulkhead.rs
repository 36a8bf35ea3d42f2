//! Bulkhead: a bound on how many calls to a peer are under way at once.
//!
//! What is beyond it is refused with OVERLOADED at once: a peer that has become slow must not hold all of our memory
//! and the calls to everybody else with it, and a queue would only make everybody late. Calls and streams are bounded
//! apart, since streams mostly wait. What is refused counts in `rpc_client_shed_total`, by peer and kind.
//!
//! For calls it is tower's `ConcurrencyLimit` under its `LoadShed`. A place for a stream is held until the stream ends;
//! tower's limit would give it back as soon as the stream begins.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use metrics::{Counter, counter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Layer, Service, ServiceExt as _, limit::ConcurrencyLimit, load_shed::LoadShed, util::Oneshot};

use crate::{
    Options,
    call::{Answer, Call},
    failure::Failure,
};

/// Bounds what is under way at once.
pub(crate) struct BulkheadLayer {
    calls: usize,
    streams: usize,
    shed: Shed,
}

/// How much was refused.
#[derive(Clone)]
struct Shed {
    calls: Counter,
    streams: Counter,
}

impl BulkheadLayer {
    pub(crate) fn new(peer: &str, options: Options) -> Self {
        let shed = |kind: &'static str| counter!("rpc_client_shed_total", "peer" => peer.to_owned(), "kind" => kind);
        let shed = Shed { calls: shed("calls"), streams: shed("streams") };
        Self { calls: options.calls, streams: options.streams, shed }
    }
}

impl<S: Clone> Layer<S> for BulkheadLayer {
    type Service = Bulkhead<S>;

    fn layer(&self, inner: S) -> Bulkhead<S> {
        Bulkhead {
            calls: LoadShed::new(ConcurrencyLimit::new(inner.clone(), self.calls)),
            streams: inner,
            places: Arc::new(Semaphore::new(self.streams)),
            shed: Arc::new(self.shed.clone()),
        }
    }
}

/// See [`BulkheadLayer`].
#[derive(Clone)]
pub(crate) struct Bulkhead<S> {
    calls: LoadShed<ConcurrencyLimit<S>>,
    streams: S,
    places: Arc<Semaphore>,
    shed: Arc<Shed>,
}

impl<S> Service<Call> for Bulkhead<S>
where
    S: Service<Call, Response = Answer, Error = Failure> + Clone,
{
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        // Which bound applies is not known before there is a call.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> ResponseFuture<S> {
        let way = if call.method.streams_out {
            match self.places.clone().try_acquire_owned() {
                Ok(place) => Way::Stream { inner: self.streams.clone().oneshot(call), place: Some(place) },
                Err(_) => Way::Full,
            }
        } else {
            Way::Call { inner: self.calls.clone().oneshot(call) }
        };
        ResponseFuture { way, shed: self.shed.clone() }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Bulkhead`].
    pub(crate) struct ResponseFuture<S: Service<Call, Error = Failure>> {
        #[pin]
        way: Way<S>,
        shed: Arc<Shed>,
    }
}

pin_project_lite::pin_project! {
    #[project = WayProjected]
    enum Way<S: Service<Call, Error = Failure>> {
        Call { #[pin] inner: Oneshot<LoadShed<ConcurrencyLimit<S>>, Call> },
        Stream { #[pin] inner: Oneshot<S, Call>, place: Option<OwnedSemaphorePermit> },
        Full,
    }
}

impl<S: Service<Call, Response = Answer, Error = Failure>> Future for ResponseFuture<S> {
    type Output = Result<Answer, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready(match this.way.project() {
            WayProjected::Call { inner } => ready!(inner.poll(cx)).map_err(|error| match error.downcast() {
                Ok(failure) => *failure,
                // tower's own: there is no place.
                Err(_) => {
                    this.shed.calls.increment(1);
                    Failure::Overloaded
                }
            }),
            WayProjected::Stream { inner, place } => {
                let answer = ready!(inner.poll(cx));
                let place = place.take();
                answer.map(|answer| answer.holding(place))
            }
            WayProjected::Full => {
                this.shed.streams.increment(1);
                Err(Failure::Overloaded)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use tonic::{Code, body::Body};
    use tower::service_fn;

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
