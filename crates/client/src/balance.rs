//! Which endpoint of a peer takes a call.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::uri::{Authority, Scheme, Uri};
use labelmesh_clock::Random;
use tokio::time::Instant;

/// For how long an endpoint is passed over that could not be connected to.
const UNREACHABLE: Duration = Duration::from_secs(1);
/// For how long one is passed over that has not answered `SILENT` calls in a row.
const UNRESPONSIVE: Duration = Duration::from_secs(5);
const SILENT: u32 = 3;

/// The endpoints of a peer.
pub(crate) struct Balancer {
    endpoints: Vec<Arc<Endpoint>>,
    random: Random,
}

/// One address of a peer.
pub(crate) struct Endpoint {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    in_flight: AtomicUsize,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    /// Calls without an answer since the last answer.
    silent: u32,
    passed_over_until: Option<Instant>,
}

impl Balancer {
    pub(crate) fn new(uris: Vec<Uri>, random: Random) -> Self {
        let endpoints = uris.into_iter().filter_map(|uri| {
            let parts = uri.into_parts();
            Some(Arc::new(Endpoint {
                scheme: parts.scheme.unwrap_or(Scheme::HTTP),
                authority: parts.authority?,
                in_flight: AtomicUsize::new(0),
                health: Mutex::default(),
            }))
        });
        Self { endpoints: endpoints.collect(), random }
    }

    /// The less busy of two endpoints taken at random, of those that seem well and were not tried yet; of the others
    /// where there is none. None where all were tried.
    pub(crate) fn pick(&self, tried: &[Arc<Endpoint>]) -> Option<Arc<Endpoint>> {
        let untried = |endpoint: &&Arc<Endpoint>| !tried.iter().any(|tried| Arc::ptr_eq(tried, endpoint));
        let now = Instant::now();
        let untried: Vec<_> = self.endpoints.iter().filter(untried).collect();
        let well: Vec<_> = untried.iter().copied().filter(|endpoint| endpoint.seems_well(now)).collect();
        let candidates = if well.is_empty() { untried } else { well };
        let (first, second) = (self.any(&candidates)?, self.any(&candidates)?);
        Some(if second.in_flight() < first.in_flight() { second } else { first })
    }

    fn any(&self, candidates: &[&Arc<Endpoint>]) -> Option<Arc<Endpoint>> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number below the length")]
        let index = (self.random.unit() * candidates.len() as f64) as usize;
        candidates.get(index).map(|endpoint| Arc::clone(endpoint))
    }
}

impl Endpoint {
    fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    fn seems_well(&self, now: Instant) -> bool {
        self.health().passed_over_until.is_none_or(|until| until <= now)
    }

    /// It answered, whatever the answer.
    pub(crate) fn answered(&self) {
        *self.health() = Health::default();
    }

    /// It could not be connected to.
    pub(crate) fn unreachable(&self) {
        self.health().passed_over_until = Some(Instant::now() + UNREACHABLE);
    }

    /// It took a call and gave no answer.
    pub(crate) fn silent(&self) {
        let mut health = self.health();
        health.silent += 1;
        if health.silent >= SILENT {
            health.passed_over_until = Some(Instant::now() + UNRESPONSIVE);
        }
    }

    fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().expect("nothing panics with the lock")
    }
}

/// A call on its way to an endpoint, counted as long as it lives.
pub(crate) struct InFlight(Arc<Endpoint>);

impl InFlight {
    pub(crate) fn to(endpoint: Arc<Endpoint>) -> Self {
        endpoint.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(endpoint)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balancer(count: usize) -> Balancer {
        let uris = (0..count).map(|index| format!("http://10.0.0.{index}:80").parse().expect("a URI"));
        Balancer::new(uris.collect(), Random::seeded(1))
    }

    #[tokio::test(start_paused = true)]
    async fn calls_spread_over_endpoints_by_how_busy_they_are() {
        let balancer = balancer(4);
        let calls: Vec<_> = (0..400).map(|_| InFlight::to(balancer.pick(&[]).expect("an endpoint"))).collect();
        let busy: Vec<_> = balancer.endpoints.iter().map(|endpoint| endpoint.in_flight()).collect();
        assert!(busy.iter().all(|busy| (90..=110).contains(busy)), "{busy:?}");
        drop(calls);
        assert!(balancer.endpoints.iter().all(|endpoint| endpoint.in_flight() == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_unreachable_is_passed_over_for_a_while() {
        let balancer = balancer(2);
        let first = balancer.endpoints[0].clone();
        first.unreachable();
        let meets_first = || (0..50).any(|_| Arc::ptr_eq(&balancer.pick(&[]).expect("an endpoint"), &first));
        assert!(!meets_first());
        tokio::time::advance(UNREACHABLE).await;
        assert!(meets_first());
        for _ in 0..SILENT {
            first.silent();
        }
        assert!(!meets_first());
        first.answered();
        assert!(meets_first());
    }

    #[tokio::test(start_paused = true)]
    async fn when_none_seems_well_each_is_still_tried_once() {
        let balancer = balancer(2);
        let mut tried = Vec::new();
        while let Some(endpoint) = balancer.pick(&tried) {
            endpoint.unreachable();
            tried.push(endpoint);
        }
        assert_eq!(tried.len(), 2);
    }
}
