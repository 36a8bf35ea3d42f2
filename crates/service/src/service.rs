//! A service from its preparation to its end.

mod handle;
mod lifecycle;
mod periodic;
mod wiring;

use std::convert::Infallible;

use anyhow::{Context as _, Result};
use futures::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use labelmesh_client::Peer;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Error;
use labelmesh_identity::{KeySet, ServiceSigner, UserKeys, Verifier};
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{GetJwksRequest, auth_service_client::AuthServiceClient},
};
use labelmesh_server::{Draining, Limits, Stack, listen::Bounds, stack};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, service::Routes};
use tonic_health::server::HealthReporter;
use tower::Service as TowerService;

pub use self::handle::Handle;
use self::lifecycle::Lifecycle;
use crate::{Basics, Surroundings, health, metrics::recorder, readiness::Readiness};

type Task = (&'static str, BoxFuture<'static, ()>);

/// A service that is being put together.
pub struct Service {
    name: &'static str,
    basics: Basics,
    surroundings: Surroundings,
    user_keys: UserKeys,
    readiness: Readiness,
    reporter: HealthReporter,
    tasks: Vec<Task>,
    bounds: Bounds,
    /// The listener closes and streams end.
    closing: Draining,
    /// Background tasks end.
    stop: CancellationToken,
}

impl Service {
    /// Begins with what every service has. User tokens are verified with the keys that auth publishes.
    ///
    /// # Errors
    /// None at present; it may come to look at more of the configuration.
    pub fn prepare(name: &'static str, basics: &Basics, surroundings: Surroundings) -> Result<Self> {
        recorder();
        let auth = Peer::configured("auth", &basics.identity.auth, surroundings.random.clone());
        Ok(Self {
            name,
            basics: basics.clone(),
            surroundings,
            user_keys: published_by(&auth),
            readiness: Readiness::new(),
            reporter: HealthReporter::new(),
            tasks: Vec::new(),
            bounds: basics.limits.bounds(),
            closing: Draining::default(),
            stop: CancellationToken::new(),
        })
    }

    /// Verifies user tokens with other keys than those that auth publishes: auth with those in its database.
    pub fn verify_users_with(&mut self, keys: UserKeys) {
        self.user_keys = keys;
    }

    /// The clock of the surroundings.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.surroundings.clock.clone()
    }

    /// The randomness of the surroundings.
    #[must_use]
    pub fn random(&self) -> Random {
        self.surroundings.random.clone()
    }

    /// Signs calls on the service's own behalf.
    ///
    /// # Errors
    /// Fails where `basics.identity.key` is missing.
    pub fn signer(&self) -> Result<ServiceSigner> {
        let key = self.basics.identity.key.clone();
        let key = key.with_context(|| format!("{} calls other services and needs basics.identity.key", self.name))?;
        Ok(ServiceSigner::new(self.name, key, self.clock()))
    }

    /// Another service.
    #[must_use]
    pub fn peer(&self, name: &str, config: &labelmesh_client::Config) -> Peer {
        Peer::configured(name, config, self.random())
    }

    /// Begins when the service closes its listener: what streams and other long work may look at to end in time. The
    /// server stack ends the streams of gRPC by itself.
    #[must_use]
    pub fn draining(&self) -> Draining {
        self.closing.clone()
    }

    /// Adds a condition without which the service is not ready. The check gets a clone of `app`.
    pub fn ready_when<A, F>(&mut self, what: &'static str, app: &A, check: impl Fn(A) -> F + Send + Sync + 'static)
    where
        A: Clone + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let app = app.clone();
        self.readiness.add(what, move || check(app.clone()));
    }

    /// Adds a background task, which runs until its token is cancelled; that happens when the last call has been
    /// answered. One that ends before is a fault that stops the service.
    pub fn spawn<F>(&mut self, name: &'static str, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.push((name, task(self.stop.clone()).boxed()));
    }

    /// Bounds what those who connect may hold: for a service that strangers can reach.
    pub fn bound_connections(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// Health and reflection, for a service that does not serve through [`Service::serve`]. Reflection shows what these
    /// descriptors, a `FileDescriptorSet`, have of its services.
    ///
    /// # Errors
    /// Fails where the descriptors of the contract are damaged.
    pub fn platform(&self, descriptors: &[u8]) -> Result<Routes> {
        health::add(Routes::default(), &health::services(self.name), descriptors, self.reporter.clone())
    }

    /// Serves these gRPC services, inside the server stack, with health and reflection.
    ///
    /// # Errors
    /// Fails where an address can't be listened at.
    pub async fn serve(self, routes: Routes) -> Result<Handle> {
        let routes = health::add(routes, &health::services(self.name), DESCRIPTORS, self.reporter.clone())?;
        let stack = self.stack(routes);
        self.serve_app(stack).await
    }

    /// Serves an application that brings its own stack.
    ///
    /// # Errors
    /// Fails where an address can't be listened at.
    pub async fn serve_app<S, B>(self, app: S) -> Result<Handle>
    where
        S: TowerService<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
            + Clone
            + Send
            + 'static,
        B: labelmesh_server::listen::AnswerBody,
    {
        health::announce(&self.reporter, &health::services(self.name)).await;
        // The first call finds them, though auth may be slow while everything starts.
        self.user_keys.fetch_ahead();
        let listener = bind(self.basics.listen).await?;
        let admin = bind(self.basics.admin_listen).await?;
        Lifecycle::new(self).start(listener, admin, app)
    }

    /// What verifies the tokens of calls to this service.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        let services = self.basics.identity.services.iter().map(|(name, keys)| (name.clone(), keys.clone()));
        Verifier::new(self.name, services, self.user_keys.clone(), self.clock())
    }

    fn stack(&self, routes: Routes) -> Stack {
        let crate::basics::Limits { calls, streams, .. } = self.basics.limits;
        let options = labelmesh_server::Options {
            verifier: self.verifier(),
            limits: Limits { calls, streams },
            draining: self.closing.clone(),
            clock: self.clock(),
            random: self.random(),
        };
        stack(routes, options)
    }
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("could not listen at {address}"))
}

fn published_by(auth: &Peer) -> UserKeys {
    let client = AuthServiceClient::new(auth.plain());
    UserKeys::fetched_by(move || {
        let mut client = client.clone();
        async move {
            let jwks = client.get_jwks(GetJwksRequest {}).await.map_err(Error::unavailable)?;
            Ok(KeySet::from(jwks.get_ref()))
        }
    })
}
