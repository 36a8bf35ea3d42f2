//! Serves connections, and stops serving them.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use http::{Request, Response};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

use crate::Draining;

/// The address that a connection came from: an extension of each of its requests.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// What an answer may have as its body.
pub trait AnswerBody: http_body::Body<Data: Send, Error: Into<tonic::codegen::StdError>> + Send + 'static {}

impl<B> AnswerBody for B where B: http_body::Body<Data: Send, Error: Into<tonic::codegen::StdError>> + Send + 'static {}

/// A peer that does not answer a ping for `PING_TIMEOUT` is gone.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client of HTTP/1.1 may take to send its headers.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of a stream may wait to be read, and how much of all streams of a connection together. The second is no
/// bound at all, for a stream that nobody reads at the moment (an upload that waits for memory) must not hold up the
/// others on its connection, least of all the one that it waits for. With hyper's adaptive window both are the same.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
/// Streams on one connection; the stack's own limits are what counts.
const STREAMS: u32 = 8192;

/// Serves connections until draining begins, and for at most `grace` longer those that have calls in flight.
/// What is left then is cut. It returns when no connection is left.
pub async fn serve<S, B>(listener: TcpListener, service: S, draining: Draining, grace: Duration)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: AnswerBody,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    connections.spawn(connection(stream, address, service.clone(), draining.clone()));
                }
                Err(error) => accept_failed(&error).await,
            },
            Some(_) = connections.join_next() => {}
            () = draining.begun() => break,
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    // hyper's own shutdown may wait for ever for a peer that has gone (hyper#4170).
    if timeout(grace, all_done).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            grace_ms = grace.as_millis(),
            "cutting what is still in flight"
        );
        connections.shutdown().await;
    }
}

async fn connection<S, B>(stream: TcpStream, address: SocketAddr, service: S, draining: Draining)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: AnswerBody,
{
    let _ = stream.set_nodelay(true);
    let service = service.map_request(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(RemoteAddress(address));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = draining.begun() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(error = error.as_ref() as &dyn std::error::Error, peer = %address, "connection broke");
    }
}

/// A connection that failed before it was accepted is its own affair; when we are out of descriptors, wait for some.
async fn accept_failed(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(error = error as &dyn std::error::Error, "could not accept a connection");
        sleep(Duration::from_millis(100)).await;
    }
}
