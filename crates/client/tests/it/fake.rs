//! A server that answers by a script and remembers what it was asked.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, routing::any};
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response, Uri};
use labelmesh_client::{Options, Peer};
use labelmesh_clock::Random;
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::{
    auth::v1::{LoginRequest, LoginResponse, auth_service_client::AuthServiceClient},
    tasks::v1::{GetTaskRequest, Task, WatchTaskRequest, task_service_client::TaskServiceClient},
};
use labelmesh_server::{
    Draining,
    listen::{Bounds, serve},
};
use tokio::{net::TcpListener, sync::watch};
use tonic::{Code, Status, body::Body};
use tonic_prost::ProstCodec;

/// How a call is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Ok,
    Refused(Reason),
    /// UNAVAILABLE, with the wish that the caller wait.
    ComeBack(Duration),
    Never,
    /// An answer that begins and is cut off, as by a server that is killed.
    Breaks,
    /// A refusal in more headers than anybody takes.
    Wordy,
}

/// A server; it ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: watch::Sender<Vec<HeaderMap>>,
    script: Arc<Mutex<Vec<Answer>>>,
    end: Draining,
}

impl Server {
    /// A server that gives these answers in turn, and the last one from then on.
    pub(crate) async fn start(script: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut script = script.to_vec();
        script.reverse();
        let server = Self {
            address: listener.local_addr().expect("bound"),
            asked: watch::Sender::default(),
            script: Arc::new(Mutex::new(script)),
            end: Draining::default(),
        };
        let (asked, script) = (server.asked.clone(), server.script.clone());
        let app = Router::new().fallback(any(move |request: Request<axum::body::Body>| {
            asked.send_modify(|asked| asked.push(request.headers().clone()));
            let mut script = script.lock().expect("no panic");
            let answer = if script.len() > 1 { script.pop() } else { script.last().cloned() };
            answered(request, answer.unwrap_or(Answer::Ok))
        }));
        tokio::spawn(serve(listener, app, Bounds::default(), server.end.clone(), Duration::ZERO));
        server
    }

    /// The headers of the calls so far.
    pub(crate) fn asked(&self) -> Vec<HeaderMap> {
        self.asked.borrow().clone()
    }

    /// Waits for a call, unless there was one.
    pub(crate) async fn is_asked(&self) {
        self.asked.subscribe().wait_for(|asked| !asked.is_empty()).await.expect("the sender is ours");
    }

    /// From now on it gives this answer.
    pub(crate) fn answers(&self, answer: Answer) {
        *self.script.lock().expect("no panic") = vec![answer];
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.begin();
    }
}

async fn answered(request: Request<axum::body::Body>, answer: Answer) -> Result<Response<Body>, Infallible> {
    if let Answer::Breaks = answer {
        let cut = futures::stream::once(async { Err::<axum::body::Bytes, _>(std::io::Error::other("cut off")) });
        let mut response = Response::new(Body::new(axum::body::Body::from_stream(cut)));
        response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/grpc"));
        return Ok(response);
    }
    if let Answer::Wordy = answer {
        return Ok(Status::with_details(Code::InvalidArgument, "x".repeat(9_000), vec![7; 9_000].into()).into_http());
    }
    let path = request.uri().path().to_owned();
    let verdict = move || -> BoxFuture<'static, Result<(), Status>> {
        Box::pin(async move {
            match answer {
                Answer::Ok => Ok(()),
                Answer::Refused(reason) => Err(Error::new(reason, "as told").into()),
                Answer::ComeBack(after) => Err(Error::new(Reason::Unavailable, "as told").retry_after(after).into()),
                Answer::Never | Answer::Breaks | Answer::Wordy => std::future::pending().await,
            }
        })
    };
    let handler = verdict();
    Ok(if path.ends_with("/Login") {
        let handler = once(handler, LoginResponse::default());
        tonic::server::Grpc::new(ProstCodec::<LoginResponse, LoginRequest>::default()).unary(handler, request).await
    } else {
        let handler = once(handler, Task::default());
        tonic::server::Grpc::new(ProstCodec::<Task, GetTaskRequest>::default()).unary(handler, request).await
    })
}

/// A handler for one call, whatever the request.
fn once<Req: Send + 'static, Res: Send + 'static>(
    verdict: BoxFuture<'static, Result<(), Status>>,
    message: Res,
) -> impl tower::Service<
    tonic::Request<Req>,
    Response = tonic::Response<Res>,
    Error = Status,
    Future = BoxFuture<'static, Result<tonic::Response<Res>, Status>>,
> {
    let mut rest = Some((verdict, message));
    tower::service_fn(move |_: tonic::Request<Req>| -> BoxFuture<'static, Result<tonic::Response<Res>, Status>> {
        let (verdict, message) = rest.take().expect("called once");
        Box::pin(async move { verdict.await.map(|()| tonic::Response::new(message)) })
    })
}

pub(crate) fn peer(addresses: &[SocketAddr], options: Options) -> Peer {
    let uris = addresses.iter().map(|address| format!("http://{address}").parse::<Uri>().expect("a URI"));
    Peer::new("tasks", uris.collect(), options, Random::seeded(1))
}

/// A repeatable call.
pub(crate) async fn get_task(peer: &Peer) -> Result<(), Code> {
    let answer = TaskServiceClient::new(peer.plain()).get_task(GetTaskRequest::default()).await;
    answer.map(drop).map_err(|status| status.code())
}

/// A call whose answer is a stream: how its first message fares.
pub(crate) async fn watch_task(peer: &Peer) -> Result<(), Status> {
    let mut stream = TaskServiceClient::new(peer.plain()).watch_task(WatchTaskRequest::default()).await?.into_inner();
    stream.message().await.map(drop)
}

/// A call that must not be repeated.
pub(crate) async fn login(peer: &Peer) -> Result<(), Code> {
    let answer = AuthServiceClient::new(peer.plain()).login(LoginRequest::default()).await;
    answer.map(drop).map_err(|status| status.code())
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr()).expect("a port")
}
