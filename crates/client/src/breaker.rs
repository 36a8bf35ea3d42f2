//! Circuit breaker: what does not answer is left alone for a while.
//!
//! There is one for each peer and method. It opens when half of the calls of the last ten seconds, and at least five,
//! failed: with UNAVAILABLE, by breaking off, or by a deadline that had left the peer a fair time. Only the peer can
//! fail: a request that breaks off and an answer that is larger than we take count neither way, for else one caller
//! could close the method for all. While it is open calls fail at once with UNAVAILABLE; after a rest one probe at a
//! time finds out, and rests grow from one second to five while probes fail. RetryInfo says when it is worth coming
//! back: after the rest, or when the probe must be answered.
//!
//! Each change of state is one line in the log and one value of the gauge `rpc_client_breaker_state` by peer and
//! method: 0 closed, 1 half open, 2 open. `rpc_client_breaker_refused_total` counts what it has refused. tower has no
//! breaker.

mod circuit;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::time::Instant;
use tonic::Code;
use tower::{Layer, Service};

use self::circuit::{Circuit, Pass};
use crate::{
    call::{Answer, Patience, Ready},
    failure::Failure,
    method::{Listed, PerMethod},
};

/// Breaks the circuit of a method that fails.
pub(crate) struct BreakerLayer {
    circuits: Arc<Circuits>,
}

struct Circuits {
    peer: Arc<str>,
    by_method: PerMethod<Arc<Circuit>>,
}

impl BreakerLayer {
    pub(crate) fn new(peer: &Arc<str>) -> Self {
        let circuits = Circuits { peer: peer.clone(), by_method: PerMethod::new() };
        // Its gauge is there from the beginning.
        for method in Listed::of(peer) {
            circuits.of(method);
        }
        Self { circuits: Arc::new(circuits) }
    }
}

impl Circuits {
    fn of(&self, method: Listed) -> &Arc<Circuit> {
        self.by_method.get(method, || Arc::new(Circuit::new(self.peer.clone(), method.full_name())))
    }
}

impl<S> Layer<S> for BreakerLayer {
    type Service = CircuitBreaker<S>;

    fn layer(&self, inner: S) -> CircuitBreaker<S> {
        CircuitBreaker { inner, circuits: self.circuits.clone() }
    }
}

/// See [`BreakerLayer`].
#[derive(Clone)]
pub(crate) struct CircuitBreaker<S> {
    inner: S,
    circuits: Arc<Circuits>,
}

impl<S: Service<Ready, Response = Answer, Error = Failure>> Service<Ready> for CircuitBreaker<S> {
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Ready) -> Self::Future {
        let now = Instant::now();
        match self.circuits.of(call.head.method).admit(Patience::with(&call.head, now), now) {
            Ok(pass) => ResponseFuture::Passed { inner: self.inner.call(call), pass: Some(pass) },
            Err(rest) => ResponseFuture::Refused { failure: Some(Failure::Resting(rest)) },
        }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`CircuitBreaker`].
    #[project = Projected]
    pub(crate) enum ResponseFuture<F> {
        Passed { #[pin] inner: F, pass: Option<Pass> },
        Refused { failure: Option<Failure> },
    }
}

impl<F: Future<Output = Result<Answer, Failure>>> Future for ResponseFuture<F> {
    type Output = Result<Answer, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (inner, pass) = match self.project() {
            Projected::Passed { inner, pass } => (inner, pass),
            Projected::Refused { failure } => {
                return Poll::Ready(Err(failure.take().expect("polled once to its end")));
            }
        };
        let result = ready!(inner.poll(cx));
        let pass = pass.take().expect("polled once to its end");
        match &result {
            Ok(Answer { code: Some(Code::DeadlineExceeded), .. }) => pass.late(),
            Ok(Answer { code: Some(Code::Unavailable), .. }) => pass.judge(false),
            Ok(_) => pass.judge(true),
            Err(Failure::Untaken(_) | Failure::Request(_)) => drop(pass),
            Err(_) => pass.judge(false),
        }
        Poll::Ready(result)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use tonic::body::Body;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::testing::{GET_TASK, LOGIN, answer, ready};

    #[tokio::test(start_paused = true)]
    async fn a_method_that_fails_is_left_alone_and_others_are_not() {
        let asked = Cell::new(0);
        let fails = service_fn(|_: Ready| {
            asked.set(asked.get() + 1);
            async { Ok(answer(Some(Code::Unavailable), Body::empty())) }
        });
        let breaker = BreakerLayer::new(&"tasks".into()).layer(fails);
        let ask = |path| breaker.clone().oneshot(ready(path, Duration::from_secs(2)));
        for _ in 0..20 {
            let _ = ask(GET_TASK).await;
        }
        assert_eq!(asked.get(), 5);
        assert!(matches!(ask(GET_TASK).await, Err(Failure::Resting(_))));
        assert!(ask(LOGIN).await.is_ok());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(ask(GET_TASK).await.is_ok());
        assert_eq!(asked.get(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_fault_of_the_peer_closes_nothing() {
        let asked = Cell::new(0);
        let breaks = service_fn(|_: Ready| {
            asked.set(asked.get() + 1);
            let failure = match asked.get() % 2 {
                0 => Failure::Untaken("more headers than are taken".into()),
                _ => Failure::Request(tonic::Status::invalid_argument("it broke off")),
            };
            async { Err(failure) }
        });
        let breaker = BreakerLayer::new(&"tasks".into()).layer(breaks);
        for calls in 1..=20 {
            let _ = breaker.clone().oneshot(ready(GET_TASK, Duration::from_secs(2))).await;
            assert_eq!(asked.get(), calls);
        }
    }
}
