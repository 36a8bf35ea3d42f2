//! Balance: which endpoint of a peer takes a call.
//!
//! The less busy of two different endpoints taken at random (power of two choices), of those that seem well. One that
//! can't be connected to is passed over for a second, one that gave no answer three times in a row for five; afterwards
//! one call tries it, and the others keep away from it until that one is answered. Where none seems well, all are taken
//! as if they were. A call that could not be sent is sent to the others in turn, whatever its method, since nothing has
//! happened yet. One that can be sent but once, as an upload, goes to an endpoint that has answered before, if there is
//! one that seems well: it is not the call that finds out.
//!
//! `rpc_client_attempts_total` counts by peer and endpoint what was sent, and `rpc_client_endpoint_passed_over` is 1
//! from when an endpoint is passed over until it has answered again.
//!
//! tower's `Balance` is not used: it chooses before it has seen the call, so that a second choice can't avoid the
//! first; it forgets an endpoint that fails instead of passing it over; and it can't be shared without a worker task,
//! which costs each call two hops. tower's `PendingRequests` needs exclusive access for counting, where an atomic
//! number does.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::Uri;
use labelmesh_clock::Random;
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::{
    call::{Answer, Ready},
    connect::{NoAnswer, Try},
    endpoint::{Endpoint, InFlight},
    failure::{Failure, unmade},
};

/// Balances calls over the endpoints of a peer.
pub(crate) struct BalanceLayer {
    endpoints: Arc<Endpoints>,
}

impl BalanceLayer {
    pub(crate) fn new(peer: &str, uris: Vec<Uri>, random: Random) -> Self {
        Self { endpoints: Arc::new(Endpoints::new(peer, uris, random)) }
    }
}

impl<S> Layer<S> for BalanceLayer {
    type Service = Balance<S>;

    fn layer(&self, inner: S) -> Balance<S> {
        Balance { inner, endpoints: self.endpoints.clone() }
    }
}

/// See [`BalanceLayer`].
#[derive(Clone)]
pub(crate) struct Balance<S> {
    inner: S,
    endpoints: Arc<Endpoints>,
}

impl<S> Service<Ready> for Balance<S>
where
    S: Service<Try, Response = Answer, Error = NoAnswer> + Clone,
{
    type Response = Answer;
    type Error = Failure;
    type Future = ResponseFuture<S>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        // Connecting is part of the call: what is below is always ready.
        self.inner.poll_ready(cx).map_err(|_| Failure::Unreachable("it is never not ready".into()))
    }

    fn call(&mut self, call: Ready) -> ResponseFuture<S> {
        let spare = call.again();
        let first = self.endpoints.pick(&[], spare.is_none(), Instant::now()).map(|endpoint| {
            let in_flight = InFlight::to(endpoint.clone(), &call.head);
            (self.inner.call(Try { endpoint, call }), in_flight)
        });
        let (answer, in_flight) = first.unzip();
        let (inner, endpoints) = (self.inner.clone(), self.endpoints.clone());
        ResponseFuture { inner, endpoints, spare, tried: Vec::new(), answer, in_flight }
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Balance`].
    pub(crate) struct ResponseFuture<S: Service<Try>> {
        inner: S,
        endpoints: Arc<Endpoints>,
        // What is sent elsewhere where it could not be sent; none where it can be sent but once.
        spare: Option<Ready>,
        tried: Vec<Arc<Endpoint>>,
        // None where there is no endpoint at all.
        #[pin]
        answer: Option<S::Future>,
        in_flight: Option<InFlight>,
    }
}

impl<S: Service<Try, Response = Answer, Error = NoAnswer>> Future for ResponseFuture<S> {
    type Output = Result<Answer, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let Some(answer) = this.answer.as_mut().as_pin_mut() else {
                return Poll::Ready(Err(Failure::Unreachable("no endpoint is configured".into())));
            };
            let result = ready!(answer.poll(cx));
            let mut in_flight = this.in_flight.take().expect("polled once to its end");
            let cause = match result {
                Ok(answer) => {
                    in_flight.answered();
                    return Poll::Ready(Ok(answer.holding(in_flight)));
                }
                Err(NoAnswer::Lost(cause)) => {
                    in_flight.lost();
                    return Poll::Ready(Err(Failure::Unreachable(cause)));
                }
                Err(NoAnswer::Untaken(cause)) => {
                    in_flight.unjudged();
                    return Poll::Ready(Err(Failure::Untaken(cause)));
                }
                Err(NoAnswer::Unmade(cause)) => {
                    in_flight.unjudged();
                    return Poll::Ready(Err(Failure::Request(unmade(cause))));
                }
                Err(NoAnswer::NotSent(cause)) => cause,
            };
            this.tried.push(in_flight.not_sent());
            let Some(call) = this.spare.as_ref().and_then(Ready::again) else {
                return Poll::Ready(Err(Failure::Unreachable(cause)));
            };
            let Some(endpoint) = this.endpoints.pick(this.tried, false, Instant::now()) else {
                return Poll::Ready(Err(Failure::Unreachable(cause)));
            };
            *this.in_flight = Some(InFlight::to(endpoint.clone(), &call.head));
            this.answer.set(Some(this.inner.call(Try { endpoint, call })));
        }
    }
}

/// The endpoints of a peer.
struct Endpoints {
    all: Vec<Arc<Endpoint>>,
    random: Random,
}

impl Endpoints {
    fn new(peer: &str, uris: Vec<Uri>, random: Random) -> Self {
        Self { all: uris.into_iter().filter_map(|uri| Endpoint::at(peer, uri)).map(Arc::new).collect(), random }
    }

    /// The endpoint for a call, which may be one that can be sent but once; none where all were tried.
    fn pick(&self, tried: &[Arc<Endpoint>], but_once: bool, now: Instant) -> Option<Arc<Endpoint>> {
        // One alone needs no choice.
        if let ([only], []) = (self.all.as_slice(), tried) {
            only.taken(now);
            return Some(only.clone());
        }
        let untried = || self.all.iter().filter(|endpoint| !tried.iter().any(|tried| Arc::ptr_eq(tried, endpoint)));
        let mut candidates: Vec<_> = untried().filter(|endpoint| endpoint.seems_well(now)).collect();
        if candidates.is_empty() {
            candidates.extend(untried());
        }
        if but_once && candidates.iter().any(|endpoint| endpoint.is_proven()) {
            candidates.retain(|endpoint| endpoint.is_proven());
        }
        let picked = match candidates.as_slice() {
            [] => return None,
            [only] => only,
            several => {
                let (first, second) = self.two_of(several.len());
                let (first, second) = (several[first], several[second]);
                if second.in_flight() < first.in_flight() { second } else { first }
            }
        };
        picked.taken(now);
        Some(Arc::clone(picked))
    }

    /// Two different numbers below `count`, in random order.
    fn two_of(&self, count: usize) -> (usize, usize) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number below the product")]
        let drawn = (self.random.unit() * (count * (count - 1)) as f64) as usize;
        let (first, second) = (drawn / (count - 1), drawn % (count - 1));
        (first, if second >= first { second + 1 } else { second })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic::{Code, body::Body};
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::testing::{LOGIN, answer, measured, ready, value};

    const FAIR: Duration = Duration::from_secs(10);

    fn uris(count: usize) -> Vec<Uri> {
        (0..count).map(|index| format!("http://10.0.0.{index}:80").parse().expect("a URI")).collect()
    }

    fn endpoints(count: usize) -> Endpoints {
        Endpoints::new("tasks", uris(count), Random::seeded(1))
    }

    fn take(endpoints: &Endpoints) -> InFlight {
        let endpoint = endpoints.pick(&[], false, Instant::now()).expect("an endpoint");
        InFlight::to(endpoint, &ready(LOGIN, FAIR).head)
    }

    #[tokio::test(start_paused = true)]
    async fn calls_spread_over_endpoints_by_how_busy_they_are() {
        let four = endpoints(4);
        let calls: Vec<_> = (0..400).map(|_| take(&four)).collect();
        let busy: Vec<_> = four.all.iter().map(|endpoint| endpoint.in_flight()).collect();
        assert!(busy.iter().all(|busy| (90..=110).contains(busy)), "{busy:?}");
        drop(calls);
        assert!(four.all.iter().all(|endpoint| endpoint.in_flight() == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_be_sent_but_once_goes_to_an_endpoint_that_has_answered() {
        let four = endpoints(4);
        let mut first = take(&four);
        first.answered();
        for _ in 0..20 {
            let picked = four.pick(&[], true, Instant::now()).expect("an endpoint");
            assert!(picked.is_proven());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_endpoints_the_busier_one_is_never_taken() {
        let two = endpoints(2);
        let stuck: Vec<_> = (0..3).map(|_| InFlight::to(two.all[0].clone(), &ready(LOGIN, FAIR).head)).collect();
        for _ in 0..100 {
            let _ = take(&two);
            assert_eq!(two.all[0].in_flight(), stuck.len());
        }
        let drawn: std::collections::BTreeSet<_> = (0..200).map(|_| two.two_of(4)).collect();
        assert_eq!(drawn.len(), 12, "{drawn:?}");
        assert!(drawn.iter().all(|(first, second)| first != second && *first < 4 && *second < 4), "{drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_could_not_be_sent_goes_elsewhere_and_the_gauge_tells() {
        let (layer, metrics) = measured(|| BalanceLayer::new("tasks", uris(2), Random::seeded(1)));
        let first_is_gone = service_fn(|to: Try| async move {
            match to.endpoint.authority().as_str() {
                "10.0.0.0:80" => Err(NoAnswer::NotSent("connection refused".into())),
                _ => Ok(answer(Some(Code::Ok), Body::empty())),
            }
        });
        let balance = layer.layer(first_is_gone);
        for _ in 0..20 {
            balance.clone().oneshot(ready(LOGIN, FAIR)).await.expect("answered by the other");
        }
        let of = |name, endpoint| value(&metrics, &[name, endpoint]);
        assert_eq!(of("rpc_client_attempts_total", "10.0.0.0:80"), 1.0);
        assert_eq!(of("rpc_client_attempts_total", "10.0.0.1:80"), 20.0);
        assert_eq!(of("rpc_client_endpoint_passed_over", "10.0.0.0:80"), 1.0);
        assert_eq!(of("rpc_client_endpoint_passed_over", "10.0.0.1:80"), 0.0);
    }

    #[tokio::test(start_paused = true)]
    async fn when_none_seems_well_each_is_still_tried_once() {
        let all_gone = service_fn(|_: Try| async { Err(NoAnswer::NotSent("connection refused".into())) });
        let (layer, metrics) = measured(|| BalanceLayer::new("tasks", uris(2), Random::seeded(1)));
        for tries in 1..4 {
            let answer = layer.layer(all_gone).oneshot(ready(LOGIN, FAIR)).await;
            assert!(matches!(answer, Err(Failure::Unreachable(_))));
            assert_eq!(value(&metrics, &["rpc_client_attempts_total", "10.0.0.1:80"]), f64::from(tries));
        }
    }
}
