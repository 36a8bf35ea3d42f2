//! A peer: another service, behind one or several endpoints.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt as _, ready};
use http::{Request, Response, Uri};
use labelmesh_clock::Random;
use labelmesh_identity::ServiceSigner;
use tonic::body::Body;
use tower::Service;

use crate::{
    call::Call,
    credentials::Credentials,
    failure::unknown_method,
    method::Listed,
    stack::{Stack, stack},
};

/// How a peer may be called.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many calls with one answer may be under way at once: the bulkhead.
    pub calls: usize,
    /// The same for calls that are answered with a stream.
    pub streams: usize,
    /// How often a repeatable call is tried in all.
    pub tries: u32,
    /// The longest pause before the second try; doubled before each further one. The actual pause is random between
    /// half of it and all of it.
    pub backoff: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { calls: 256, streams: 4096, tries: 3, backoff: Duration::from_millis(50) }
    }
}

/// Another service. Clones share connections, breakers and limits.
#[derive(Clone)]
pub struct Peer {
    name: Arc<str>,
    stack: Stack,
}

impl Peer {
    /// The service `name` behind these endpoints (`http://host:port`). Connections are made when they are needed.
    #[must_use]
    pub fn new(name: impl Into<String>, endpoints: Vec<Uri>, options: Options, random: Random) -> Self {
        let name: Arc<str> = name.into().into();
        Self { stack: stack(&name, endpoints, options, &random), name }
    }

    /// The peer's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
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

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peer").field(&self.name).finish()
    }
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

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.peer.stack.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Some(method) = Listed::find(request.uri().path()) else {
            return ready(Ok(unknown_method())).boxed();
        };
        self.credentials.add(request.headers_mut(), &self.peer.name);
        self.peer.stack.call(Call { method, request, deadline: None }).boxed()
    }
}
