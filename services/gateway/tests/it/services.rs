//! Services that a gateway can stand in front of: tasks that behave by the id they are called with, auth that knows
//! some tokens, and nothing else. What they are told about each call is kept.

use std::{
    result::Result,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream};
use http::HeaderMap;
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::{
    auth::v1::{auth_service_server::*, *},
    google::api::HttpBody,
    method::services_for_users,
    tasks::v1::{task_service_server::*, *},
};
use labelmesh_testkit::Serving;
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream, transport::Server};

/// The token that auth knows; with anything behind it, it is that of somebody else.
pub(crate) const TOKEN: &str = "opaque-and-good";
/// A task that exists.
pub(crate) const TASK: &str = "01890000-0000-7000-8000-000000000001";
/// One whose streams break off; uploads to it before the first file is reported.
pub(crate) const BROKEN: &str = "01890000-0000-7000-8000-000000000002";
/// One that takes no more than three pieces.
pub(crate) const FULL: &str = "01890000-0000-7000-8000-000000000003";
/// One whose stream says nothing after its first message.
pub(crate) const QUIET: &str = "01890000-0000-7000-8000-000000000004";
/// One that is too busy.
pub(crate) const BUSY: &str = "01890000-0000-7000-8000-000000000005";
/// One whose export says how long it is.
pub(crate) const SIZED: &str = "01890000-0000-7000-8000-000000000006";

/// The services, and what they were told.
#[derive(Clone, Default)]
pub(crate) struct Services(Arc<Told>);

#[derive(Default)]
struct Told {
    headers: Mutex<Vec<HeaderMap>>,
    request_ids: Mutex<Vec<String>>,
    signed_out: AtomicBool,
    pieces: watch::Sender<usize>,
    uploads_ended: watch::Sender<usize>,
}

/// Counts when it is dropped, however an upload ends.
struct Ends(Arc<Told>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.uploads_ended.send_modify(|ended| *ended += 1);
    }
}

/// The services while they run.
pub(crate) struct Running {
    pub(crate) serving: Serving,
    pub(crate) services: Services,
}

impl Services {
    /// All of them at one address.
    pub(crate) async fn start() -> Running {
        let services = Self::default();
        let server = Server::builder()
            .add_service(TaskServiceServer::new(services.clone()))
            .add_service(AuthServiceServer::new(services.clone()));
        Running { serving: Serving::start(server).await, services }
    }

    /// The headers of the last call to tasks.
    pub(crate) fn last_headers(&self) -> HeaderMap {
        self.0.headers.lock().expect("no panic").last().cloned().expect("a call")
    }

    /// The request ids of the tasks that were created.
    pub(crate) fn request_ids(&self) -> Vec<String> {
        self.0.request_ids.lock().expect("no panic").clone()
    }

    /// From now on the token is not known any more.
    pub(crate) fn sign_out(&self) {
        self.0.signed_out.store(true, Ordering::SeqCst);
    }

    /// Waits until so many pieces have arrived.
    pub(crate) async fn pieces(&self, count: usize) {
        self.0.pieces.subscribe().wait_for(|pieces| *pieces >= count).await.expect("the services live");
    }

    /// Waits until an upload has ended at the service.
    pub(crate) async fn upload_ended(&self) {
        self.0.uploads_ended.subscribe().wait_for(|ended| *ended > 0).await.expect("the services live");
    }

    fn called<T>(&self, request: &Request<T>) {
        self.0.headers.lock().expect("no panic").push(request.metadata().clone().into_headers());
    }
}

fn known(task_id: &str) -> Result<(), Status> {
    match task_id {
        TASK | BROKEN | FULL | QUIET | SIZED => Ok(()),
        BUSY => Err(Error::new(Reason::Overloaded, "too busy").retry_after(Duration::from_millis(2500)).into()),
        _ => Err(Error::not_found("task").into()),
    }
}

#[tonic::async_trait]
impl TaskService for Services {
    async fn create_task(&self, request: Request<CreateTaskRequest>) -> Result<Response<Task>, Status> {
        self.called(&request);
        let request = request.into_inner();
        self.0.request_ids.lock().expect("no panic").push(request.request_id);
        Ok(Response::new(Task {
            task_id: TASK.to_owned(),
            title: request.title,
            labels: request.labels,
            policy: request.policy,
            state: TaskState::Draft.into(),
            ..Task::default()
        }))
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<Task>, Status> {
        self.called(&request);
        let task_id = request.into_inner().task_id;
        known(&task_id)?;
        Ok(Response::new(Task { task_id, images: 1 << 40, ..Task::default() }))
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> Result<Response<ListTasksResponse>, Status> {
        let size = request.into_inner().page_size;
        let tasks = (0..size).map(|index| Task { title: format!("task {index}"), ..Task::default() }).collect();
        Ok(Response::new(ListTasksResponse { tasks, next_page_token: "next".to_owned() }))
    }

    async fn upload_images(
        &self,
        request: Request<Streaming<UploadImagesRequest>>,
    ) -> Result<Response<BoxStream<UploadImagesResponse>>, Status> {
        self.called(&request);
        let mut messages = request.into_inner();
        let first = messages.message().await?.ok_or_else(|| Status::invalid_argument("nothing"))?;
        let task_id = first.task_id.clone();
        known(&task_id)?;
        let mut messages = stream::once(async { Ok(first) }).chain(messages).boxed();
        let told = self.0.clone();
        let ends = Ends(self.0.clone());
        Ok(Response::new(Box::pin(async_stream::try_stream! {
            let _ends = ends;
            let (mut index, mut pieces, mut name, mut size, mut media_type) = (0, 0, String::new(), 0, String::new());
            while let Some(message) = messages.next().await {
                let part = message?.part.unwrap_or_default();
                pieces += 1;
                told.pieces.send_modify(|pieces| *pieces += 1);
                if size == 0 && name.is_empty() {
                    (name, media_type) = (part.name, part.media_type);
                }
                size += part.data.len();
                if task_id == BROKEN {
                    Err(Error::invalid("header", "must name the column label"))?;
                }
                if task_id == FULL && pieces == 3 {
                    Err(Error::new(Reason::TaskFull, "the task is full"))?;
                }
                if part.last {
                    let image_id = format!("{media_type}:{size}");
                    let name = std::mem::take(&mut name);
                    yield UploadImagesResponse { name, index, image_id, outcome: UploadOutcome::Added.into(), ..Default::default() };
                    (index, size) = (index + 1, 0);
                }
            }
        })))
    }

    async fn submit_task(&self, request: Request<SubmitTaskRequest>) -> Result<Response<Task>, Status> {
        Ok(Response::new(Task {
            task_id: request.into_inner().task_id,
            state: TaskState::Open.into(),
            ..Task::default()
        }))
    }

    async fn cancel_task(&self, _: Request<CancelTaskRequest>) -> Result<Response<Task>, Status> {
        Err(Error::new(Reason::TaskEnded, "the task has ended").into())
    }

    async fn watch_task(
        &self,
        request: Request<WatchTaskRequest>,
    ) -> Result<Response<BoxStream<TaskProgress>>, Status> {
        self.called(&request);
        let WatchTaskRequest { task_id, after_version } = request.into_inner();
        known(&task_id)?;
        let progress =
            |version| TaskProgress { task_id: TASK.to_owned(), version, images: 3, ..TaskProgress::default() };
        let states = stream::iter((after_version + 1..=3).map(progress).map(Ok).collect::<Vec<_>>());
        Ok(Response::new(match task_id.as_str() {
            BROKEN => {
                states.chain(stream::once(async { Err(Error::new(Reason::Unavailable, "broken").into()) })).boxed()
            }
            QUIET => states.take(1).chain(stream::pending()).boxed(),
            _ => states.boxed(),
        }))
    }

    async fn export_results(
        &self,
        request: Request<ExportResultsRequest>,
    ) -> Result<Response<BoxStream<HttpBody>>, Status> {
        let request = request.into_inner();
        known(&request.task_id)?;
        let media_type = if request.format() == ExportFormat::JsonLines { "application/jsonl" } else { "text/csv" };
        let piece = move |data: &'static str| HttpBody {
            content_type: media_type.to_owned(),
            data: data.into(),
            ..Default::default()
        };
        let mut pieces = vec![Ok(piece("name,label\n")), Ok(piece("a,cat\n"))];
        if request.task_id == BROKEN {
            pieces.push(Err(Status::unavailable("broken")));
        }
        let mut response = Response::new(stream::iter(pieces).boxed());
        if request.task_id == SIZED {
            response.metadata_mut().insert(labelmesh_proto::body::LENGTH, 17.into());
        }
        Ok(response)
    }
}

#[tonic::async_trait]
impl AuthService for Services {
    async fn login(&self, request: Request<LoginRequest>) -> Result<Response<LoginResponse>, Status> {
        self.called(&request);
        Ok(Response::new(LoginResponse { token: TOKEN.to_owned(), ..LoginResponse::default() }))
    }

    async fn logout(&self, _: Request<LogoutRequest>) -> Result<Response<LogoutResponse>, Status> {
        Ok(Response::new(LogoutResponse {}))
    }

    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> Result<Response<Jwks>, Status> {
        let key = Jwk { kty: "OKP".to_owned(), kid: "1".to_owned(), ..Jwk::default() };
        Ok(Response::new(Jwks { keys: vec![key] }))
    }

    async fn introspect(&self, request: Request<IntrospectRequest>) -> Result<Response<IntrospectResponse>, Status> {
        let service =
            request.metadata().get("authorization").is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
        if !service {
            return Err(Error::new(Reason::NotAllowed, "for the gateway alone").into());
        }
        let token = request.into_inner().token;
        let Some(who) = token.strip_prefix(TOKEN).filter(|_| !self.0.signed_out.load(Ordering::SeqCst)) else {
            return Ok(Response::new(IntrospectResponse::default()));
        };
        let tokens = services_for_users()
            .into_iter()
            .map(|service| ServiceToken { service: service.to_owned(), internal_token: format!("internal-{service}") });
        Ok(Response::new(IntrospectResponse {
            active: true,
            service_tokens: tokens.collect(),
            internal_token: String::new(),
            expires_at: Some(prost_types::Timestamp { seconds: 4_000_000_000, nanos: 0 }),
            user_id: format!("user{who}"),
            session_id: format!("session{who}"),
            ..IntrospectResponse::default()
        }))
    }
}
