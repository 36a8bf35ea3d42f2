//! A peer: another service, behind one or several endpoints.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use labelmesh_clock::Random;
use labelmesh_identity::ServiceSigner;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tower::Service;

use crate::{balance::Balancer, breaker::Breaker, budget::Budget, call::Call, credentials::Credentials};

/// A connection that is not there after this long will not be.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A peer that does not answer a ping for `PING_TIMEOUT` is gone.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of a stream may wait to be read, and how much of all streams of a connection together. The second is no
/// bound at all, for a stream whose reader is slow must not hold up every other call on its connection. With hyper's
/// adaptive window both are the same.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// How a peer may be called.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many calls with one answer may be under way at once: the bulkhead.
    pub calls: usize,
    /// The same for calls that are answered with a stream.
    pub streams: usize,
    /// How often a repeatable call is tried in all.
    pub tries: u32,
    /// The longest pause before the second try; doubled before each further one. The actual pause is random below it.
    pub backoff: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { calls: 256, streams: 4096, tries: 3, backoff: Duration::from_millis(50) }
    }
}

/// Another service. Clones share connections, breakers and limits.
#[derive(Clone)]
pub struct Peer(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) options: Options,
    pub(crate) random: Random,
    pub(crate) balancer: Balancer,
    pub(crate) http: Client<HttpConnector, Body>,
    pub(crate) budget: Budget,
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    breakers: Mutex<HashMap<&'static str, Breaker>>,
}

impl Peer {
    /// The service `name` behind these endpoints (`http://host:port`). Connections are made when they are needed.
    #[must_use]
    pub fn new(name: impl Into<String>, endpoints: Vec<Uri>, options: Options, random: Random) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            options,
            balancer: Balancer::new(endpoints, random.clone()),
            random,
            http: http(),
            budget: Budget::new(),
            calls: Arc::new(Semaphore::new(options.calls)),
            streams: Arc::new(Semaphore::new(options.streams)),
            breakers: Mutex::default(),
        }))
    }

    /// The peer's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Calls on behalf of nobody.
    #[must_use]
    pub fn plain(&self) -> PeerService {
        self.with(Credentials::None)
    }

    /// Calls on the calling service's own behalf.
    #[must_use]
    pub fn as_service(&self, signer: &ServiceSigner) -> PeerService {
        self.with(Credentials::Service(Box::new(signer.clone())))
    }

    /// Calls on behalf of a user, whose internal token is passed on.
    #[must_use]
    pub fn as_user(&self, token: &str) -> PeerService {
        self.with(Credentials::of_user(token))
    }

    fn with(&self, credentials: Credentials) -> PeerService {
        PeerService { peer: self.clone(), credentials }
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Peer").field(&self.0.name).finish()
    }
}

impl Inner {
    /// The circuit breaker of a method.
    pub(crate) fn breaker(&self, path: &'static str) -> Breaker {
        let mut breakers = self.breakers.lock().expect("nothing panics with the lock");
        breakers.entry(path).or_insert_with(Breaker::new).clone()
    }
}

fn http() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.set_keepalive(Some(Duration::from_secs(30)));
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .http2_only(true)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        // hyper would queue a call again behind a connection that can't be made; another endpoint is tried instead.
        .retry_canceled_requests(false)
        .build(connector)
}

/// What generated clients call through: `TaskServiceClient::new(peer.as_user(token))`. It is always ready, and every
/// failure is a gRPC status in the answer.
#[derive(Debug, Clone)]
pub struct PeerService {
    peer: Peer,
    credentials: Credentials,
}

impl Service<Request<Body>> for PeerService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Call::new(self.peer.0.clone(), self.credentials.clone());
        Box::pin(async move { Ok(call.make(request).await) })
    }
}
