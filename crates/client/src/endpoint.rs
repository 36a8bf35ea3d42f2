//! One address of a peer, and what is held against it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::uri::{self, Authority, PathAndQuery, Scheme, Uri};
use metrics::{Counter, Gauge, counter, gauge};
use tokio::time::Instant;

use crate::{
    call::{Head, Patience},
    connection::Connection,
    method::{Listed, PerMethod},
};

/// For how long an endpoint is passed over that could not be connected to.
const UNREACHABLE: Duration = Duration::from_secs(1);
/// For how long one is passed over that has not answered `SILENT` calls in a row.
const UNRESPONSIVE: Duration = Duration::from_secs(5);
const SILENT: u32 = 3;

/// One address of a peer.
pub(crate) struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    uris: PerMethod<Uri>,
    pub(crate) connection: Connection,
    in_flight: AtomicUsize,
    /// Whether nothing is held against it, which is looked at first: a healthy endpoint costs no lock.
    blameless: AtomicBool,
    /// Whether it has answered since it could last not be connected to.
    proven: AtomicBool,
    health: Mutex<Health>,
    attempts: Counter,
    passed_over: Gauge,
}

#[derive(Default)]
struct Health {
    /// Calls without an answer since the last answer.
    silent: u32,
    /// Until when it is passed over, and for how long again once somebody tries it.
    passed_over: Option<(Instant, Duration)>,
}

impl Endpoint {
    pub(crate) fn at(peer: &str, uri: Uri) -> Option<Self> {
        let parts = uri.into_parts();
        let authority = parts.authority?;
        let labels = [("peer", peer.to_owned()), ("endpoint", authority.to_string())];
        let passed_over = gauge!("rpc_client_endpoint_passed_over", &labels);
        passed_over.set(0.0);
        Some(Self {
            scheme: parts.scheme.unwrap_or(Scheme::HTTP),
            authority,
            uris: PerMethod::new(),
            connection: Connection::default(),
            in_flight: AtomicUsize::new(0),
            blameless: AtomicBool::new(true),
            proven: AtomicBool::new(false),
            health: Mutex::default(),
            attempts: counter!("rpc_client_attempts_total", &labels),
            passed_over,
        })
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Where to connect to.
    pub(crate) fn base(&self) -> Uri {
        self.with(PathAndQuery::from_static("/"))
    }

    /// Where a method is called. Each is put together once.
    pub(crate) fn uri(&self, method: Listed) -> Uri {
        self.uris.get(method, || self.with(PathAndQuery::from_static(method.path))).clone()
    }

    fn with(&self, path: PathAndQuery) -> Uri {
        let mut parts = uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).expect("all parts are there")
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    pub(crate) fn seems_well(&self, now: Instant) -> bool {
        self.blameless.load(Ordering::Relaxed) || self.health().passed_over.is_none_or(|(until, _)| until <= now)
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }

    /// Somebody calls it. Where it was passed over until now, the others wait for what becomes of that call.
    pub(crate) fn taken(&self, now: Instant) {
        if !self.blameless.load(Ordering::Relaxed)
            && let Some((until, rest)) = &mut self.health().passed_over
        {
            *until = now + *rest;
        }
    }

    /// It answered, whatever the answer.
    fn answered(&self) {
        self.proven.store(true, Ordering::Relaxed);
        if self.blameless.load(Ordering::Relaxed) {
            return;
        }
        let mut health = self.health();
        if std::mem::take(&mut *health).passed_over.is_some() {
            self.passed_over.set(0.0);
            tracing::info!(endpoint = %self.authority, "the endpoint answers again");
        }
        self.blameless.store(true, Ordering::Relaxed);
    }

    /// It could not be connected to.
    fn unreachable(&self) {
        self.proven.store(false, Ordering::Relaxed);
        let mut health = self.health();
        self.pass_over(&mut health, UNREACHABLE);
    }

    /// It took a call and gave no answer.
    fn silent(&self) {
        let mut health = self.health();
        health.silent += 1;
        self.blameless.store(false, Ordering::Relaxed);
        if health.silent >= SILENT {
            self.pass_over(&mut health, UNRESPONSIVE);
        }
    }

    fn pass_over(&self, health: &mut Health, rest: Duration) {
        self.blameless.store(false, Ordering::Relaxed);
        self.passed_over.set(1.0);
        if health.passed_over.replace((Instant::now() + rest, rest)).is_none() {
            tracing::warn!(endpoint = %self.authority, silent_calls = health.silent, "the endpoint is passed over");
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().expect("nothing panics with the lock")
    }
}

/// A call on its way to an endpoint, counted as long as it lives. Dropped before it is known what became of it, it was
/// given up: by its deadline, which is held against the endpoint, or by its caller.
pub(crate) struct InFlight {
    endpoint: Arc<Endpoint>,
    patience: Patience,
    known: bool,
}

impl InFlight {
    pub(crate) fn to(endpoint: Arc<Endpoint>, head: &Head) -> Self {
        endpoint.in_flight.fetch_add(1, Ordering::Relaxed);
        endpoint.attempts.increment(1);
        Self { endpoint, patience: Patience::with(head, Instant::now()), known: false }
    }

    /// There is an answer, or the beginning of one.
    pub(crate) fn answered(&mut self) {
        self.known = true;
        self.endpoint.answered();
    }

    /// It was sent, and what became of it will never be known.
    pub(crate) fn lost(mut self) {
        self.known = true;
        self.endpoint.silent();
    }

    /// What became of it is no matter of the endpoint's.
    pub(crate) fn unjudged(mut self) {
        self.known = true;
    }

    /// It was not sent.
    pub(crate) fn not_sent(mut self) -> Arc<Endpoint> {
        self.known = true;
        self.endpoint.unreachable();
        self.endpoint.clone()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.endpoint.in_flight.fetch_sub(1, Ordering::Relaxed);
        if !self.known && self.patience.ran_out(Instant::now()) {
            self.endpoint.silent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{GET_TASK, measured, ready, value};

    /// A call that goes to an endpoint and is never answered.
    async fn unanswered(endpoint: &Arc<Endpoint>) {
        let time = Duration::from_secs(2);
        let call = InFlight::to(endpoint.clone(), &ready(GET_TASK, time).head);
        tokio::time::advance(time).await;
        drop(call);
    }

    fn well(endpoint: &Endpoint) -> bool {
        endpoint.seems_well(Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_does_not_answer_is_passed_over_but_for_one_call_in_a_while() {
        let uri = Uri::from_static("http://10.0.0.1:80");
        let (endpoint, metrics) = measured(|| Arc::new(Endpoint::at("tasks", uri).expect("an endpoint")));
        let passed_over = || value(&metrics, &["rpc_client_endpoint_passed_over"]);
        for _ in 0..SILENT {
            assert!(well(&endpoint));
            unanswered(&endpoint).await;
        }
        assert!(!well(&endpoint));
        assert_eq!(passed_over(), 1.0);
        tokio::time::advance(UNRESPONSIVE).await;
        assert!(well(&endpoint));
        endpoint.taken(Instant::now());
        assert!(!well(&endpoint), "one at a time finds out");
        unanswered(&endpoint).await;
        assert!(!well(&endpoint));
        assert_eq!(passed_over(), 1.0);
        InFlight::to(endpoint.clone(), &ready(GET_TASK, UNRESPONSIVE).head).answered();
        assert!(well(&endpoint));
        assert_eq!(passed_over(), 0.0);
        unanswered(&endpoint).await;
        assert!(well(&endpoint), "it is judged anew");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_given_up_by_its_caller_says_nothing() {
        let endpoint = Arc::new(Endpoint::at("tasks", Uri::from_static("http://10.0.0.1:80")).expect("an endpoint"));
        for _ in 0..10 {
            drop(InFlight::to(endpoint.clone(), &ready(GET_TASK, Duration::from_secs(2)).head));
            drop(InFlight::to(endpoint.clone(), &ready(GET_TASK, Duration::ZERO).head));
        }
        assert!(well(&endpoint));
        InFlight::to(endpoint.clone(), &ready(GET_TASK, UNREACHABLE).head).not_sent();
        assert!(!well(&endpoint));
        tokio::time::advance(UNREACHABLE).await;
        assert!(well(&endpoint));
    }
}
