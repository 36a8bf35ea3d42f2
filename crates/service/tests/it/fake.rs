//! A mesh of two: auth, which publishes its keys, and tasks, which has one handler.

use std::{convert::Infallible, net::SocketAddr};

use axum::{Router, routing::any};
use futures::FutureExt as _;
use http::{Request, Response};
use labelmesh_client::{Config, Options, Peer};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::{KeyPair, KeySet, Role, User, UserKeys, UserSigner};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    auth::v1::{GetJwksRequest, Jwks},
    tasks::v1::{GetTaskRequest, Task, TaskProgress, WatchTaskRequest, task_service_client::TaskServiceClient},
};
use labelmesh_server::caller;
use labelmesh_servers::http_client;
use labelmesh_service::{Basics, Handle, Service, Surroundings};
use tonic::{Status, body::Body, service::Routes};
use tonic_prost::ProstCodec;
use tower::service_fn;

pub(crate) const TASK: &str = "01890000-0000-7000-8000-000000000000";

/// Two services and the key that signs for users.
pub(crate) struct Mesh {
    pub(crate) auth: Handle,
    key: KeyPair,
    surroundings: Surroundings,
}

impl Mesh {
    pub(crate) async fn start() -> Self {
        let surroundings = Surroundings { clock: Clock::system(), random: Random::seeded(1) };
        let key = KeyPair::generate(&surroundings.random);
        let public = key.public();
        let mut service = Service::prepare("auth", &basics(), surroundings.clone()).expect("prepared");
        service.verify_users_with(UserKeys::fixed([public].into_iter().collect()));
        let router = Router::new().route(
            "/labelmesh.auth.v1.AuthService/GetJwks",
            any(move |request: Request<axum::body::Body>| async move {
                let jwks = service_fn(move |_: tonic::Request<GetJwksRequest>| {
                    async move { Ok::<_, Status>(tonic::Response::new(KeySet::to_jwks(&[public]))) }.boxed()
                });
                let codec = ProstCodec::<Jwks, GetJwksRequest>::default();
                Ok::<Response<Body>, Infallible>(tonic::server::Grpc::new(codec).unary(jwks, request).await)
            }),
        );
        let auth = service.serve(Routes::from(router)).await.expect("started");
        Self { auth, key, surroundings }
    }

    /// The service `tasks`, to which more can be added before it is served.
    pub(crate) fn tasks(&self) -> Service {
        self.tasks_with(self.auth.grpc_addr())
    }

    /// The same, which looks for auth at this address.
    pub(crate) fn tasks_with(&self, auth: SocketAddr) -> Service {
        let mut basics = basics();
        basics.identity.auth = Config::new(vec![uri(auth)]);
        Service::prepare("tasks", &basics, self.surroundings.clone()).expect("prepared")
    }

    /// Calls `tasks` as a user with these roles.
    pub(crate) fn client(&self, tasks: &Handle, roles: &[Role]) -> TaskServiceClient<labelmesh_client::PeerService> {
        let user_id = UserId::new(self.surroundings.clock.now(), self.surroundings.random.bytes());
        let user = User { user_id, session_id: None, roles: roles.to_vec(), confirmed: true };
        let (token, _) = UserSigner::new(self.key.clone(), self.surroundings.clock.clone()).sign(&user);
        TaskServiceClient::new(peer(tasks.grpc_addr()).as_user(&token))
    }
}

/// Calls a service at its own port.
pub(crate) fn peer(address: SocketAddr) -> Peer {
    Peer::new("tasks", vec![uri(address)], Options::default(), Random::seeded(2))
}

fn uri(address: SocketAddr) -> http::Uri {
    format!("http://{address}").parse().expect("a URI")
}

fn basics() -> Basics {
    let anywhere = ([127, 0, 0, 1], 0).into();
    Basics { listen: anywhere, admin_listen: anywhere, ..Basics::default() }
}

/// Handlers: GetTask tells who called, WatchTask never says anything.
pub(crate) fn handlers() -> Routes {
    let get = any(|request: Request<axum::body::Body>| async {
        let handler = service_fn(|request: tonic::Request<GetTaskRequest>| {
            async move { Ok(tonic::Response::new(Task { title: caller(&request)?.principal.key(), ..Task::default() })) }
                .boxed()
        });
        let codec = ProstCodec::<Task, GetTaskRequest>::default();
        Ok::<Response<Body>, Infallible>(tonic::server::Grpc::new(codec).unary(handler, request).await)
    });
    let watch = any(|request: Request<axum::body::Body>| async {
        let handler = service_fn(|_: tonic::Request<WatchTaskRequest>| {
            let nothing = tokio_stream::pending::<Result<TaskProgress, Status>>();
            async move { Ok::<_, Status>(tonic::Response::new(nothing)) }.boxed()
        });
        let codec = ProstCodec::<TaskProgress, WatchTaskRequest>::default();
        Ok::<Response<Body>, Infallible>(tonic::server::Grpc::new(codec).server_streaming(handler, request).await)
    });
    let router = Router::new()
        .route("/labelmesh.tasks.v1.TaskService/GetTask", get)
        .route("/labelmesh.tasks.v1.TaskService/WatchTask", watch);
    Routes::from(router)
}

pub(crate) fn get() -> GetTaskRequest {
    GetTaskRequest { task_id: TASK.into() }
}

/// The status and body of a page of the admin port.
pub(crate) async fn page(service: &Handle, path: &str) -> (u16, String) {
    let answer = http_client().get(format!("http://{}{path}", service.admin_addr())).send().await.expect("answered");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}
