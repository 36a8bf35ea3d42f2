//! Handlers at paths of the contract, and a stack around them.

use std::convert::Infallible;

use axum::{Router, routing::any_service};
use futures::{FutureExt as _, future::BoxFuture};
use http::{Request, Response};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::{KeyList, KeyPair, Role, ServiceSigner, User, UserKeys, UserSigner, Verifier};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    auth::v1::auth_service_client::AuthServiceClient, tasks::v1::task_service_client::TaskServiceClient,
};
use labelmesh_server::{Draining, Limits, Options, Stack, stack};
use prost::Message;
use tokio_stream::Stream;
use tonic::{Status, body::Body, service::Routes};
use tonic_prost::ProstCodec;
use tower::service_fn;

pub(crate) const GET_TASK: &str = "/labelmesh.tasks.v1.TaskService/GetTask";
pub(crate) const WATCH_TASK: &str = "/labelmesh.tasks.v1.TaskService/WatchTask";
pub(crate) const LOGIN: &str = "/labelmesh.auth.v1.AuthService/Login";
pub(crate) const INTROSPECT: &str = "/labelmesh.auth.v1.AuthService/Introspect";

/// Keys, a clock that stands, and the handlers put in so far.
pub(crate) struct Fake {
    pub(crate) clock: Clock,
    pub(crate) draining: Draining,
    pub(crate) limits: Limits,
    auth: KeyPair,
    gateway: KeyPair,
    router: Router,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let random = Random::seeded(1);
        Self {
            clock: Clock::manual(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time")),
            draining: Draining::default(),
            limits: Limits::default(),
            auth: KeyPair::generate(&random),
            gateway: KeyPair::generate(&random),
            router: Router::new(),
        }
    }

    /// A handler that answers with one message.
    pub(crate) fn unary<Req, Res, F>(
        mut self,
        path: &str,
        handler: impl Fn(tonic::Request<Req>) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Req: Message + Default + 'static,
        Res: Message + Default + 'static,
        F: Future<Output = Result<Res, Status>> + Send + 'static,
    {
        let service = service_fn(move |request: Request<axum::body::Body>| {
            let handler = handler.clone();
            let handler = service_fn(move |request| {
                let answer = handler(request);
                async move { answer.await.map(tonic::Response::new) }.boxed() as BoxFuture<'static, _>
            });
            async move {
                let mut grpc = tonic::server::Grpc::new(ProstCodec::<Res, Req>::default());
                Ok::<Response<Body>, Infallible>(grpc.unary(handler, request).await)
            }
        });
        self.router = self.router.route(path, any_service(service));
        self
    }

    /// A handler that answers with a stream.
    pub(crate) fn streaming<Req, Res, S>(
        mut self,
        path: &str,
        handler: impl Fn(tonic::Request<Req>) -> S + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Req: Message + Default + 'static,
        Res: Message + Default + 'static,
        S: Stream<Item = Result<Res, Status>> + Send + 'static,
    {
        let service = service_fn(move |request: Request<axum::body::Body>| {
            let handler = handler.clone();
            let handler = service_fn(move |request| {
                let stream = handler(request);
                async move { Ok(tonic::Response::new(stream)) }.boxed() as BoxFuture<'static, _>
            });
            async move {
                let mut grpc = tonic::server::Grpc::new(ProstCodec::<Res, Req>::default());
                Ok::<Response<Body>, Infallible>(grpc.server_streaming(handler, request).await)
            }
        });
        self.router = self.router.route(path, any_service(service));
        self
    }

    pub(crate) fn stack(&self) -> Stack {
        let keys = UserKeys::fixed([self.auth.public()].into_iter().collect());
        let services = [("gateway".to_owned(), KeyList::one(self.gateway.public()))];
        let options = Options {
            clock: self.clock.clone(),
            verifier: Verifier::new("tasks", services, keys, self.clock.clone()),
            limits: self.limits,
            draining: self.draining.clone(),
            random: Random::seeded(2),
        };
        stack(Routes::from(self.router.clone()), options)
    }

    pub(crate) fn tasks(&self) -> TaskServiceClient<Stack> {
        TaskServiceClient::new(self.stack())
    }

    pub(crate) fn auth(&self) -> AuthServiceClient<Stack> {
        AuthServiceClient::new(self.stack())
    }

    /// The authorization of a user with these roles.
    pub(crate) fn user(&self, roles: &[Role]) -> String {
        let user = User { user_id: user_id(), session_id: None, roles: roles.to_vec(), confirmed: true };
        format!("Bearer {}", UserSigner::new(self.auth.clone(), self.clock.clone()).sign(&user).0)
    }

    /// The authorization of the service `gateway`.
    pub(crate) fn gateway(&self) -> String {
        format!("Bearer {}", ServiceSigner::new("gateway", self.gateway.clone(), self.clock.clone()).sign("tasks"))
    }
}

pub(crate) fn user_id() -> UserId {
    UserId::new(chrono::DateTime::UNIX_EPOCH, [1; 10])
}

/// A request with an authorization.
pub(crate) fn authorized<T>(message: T, authorization: &str) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("authorization", authorization.parse().expect("a header value"));
    request
}
