//! Serves connections, and stops serving them.

mod bounds;
mod pace;
mod reader;
mod socket;

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
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

pub use self::{bounds::Bounds, pace::Pace};
use self::{
    bounds::{Connections, Place},
    reader::{Answer, Stream, Streams},
    socket::Socket,
};
use crate::Draining;

/// The address that a connection came from: an extension of each of its requests.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// What an answer may have as its body.
pub trait AnswerBody: http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError>> + Send + 'static {}

impl<B> AnswerBody for B where B: http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError>> + Send + 'static {}

/// A peer that does not answer a ping for `PING_TIMEOUT` is gone.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take to send anything at all, and one of HTTP/1.1 to send the headers of its next request.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(10);
/// How long what was sent may wait in the kernel for a peer that takes nothing at all, before the connection is cut.
#[cfg(target_os = "linux")]
const TAKES_NOTHING: Duration = Duration::from_secs(60);
/// How much may wait in the kernel to be sent. With more, a peer that takes little would seem to take nothing for long.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 128 << 10;
/// How much of all streams of a connection together may wait to be read. It is no bound at all, for a stream that
/// nobody reads at the moment (an upload that waits for memory) must not hold up the others on its connection, least of
/// all the one that it waits for. With hyper's adaptive window this and a stream's window are the same.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// Serves connections until draining begins, and for at most `grace` longer those that have calls in flight.
/// What is left then is cut. It returns when no connection is left. Connections beyond the `bounds` are closed at once.
pub async fn serve<S, B>(listener: TcpListener, service: S, bounds: Bounds, draining: Draining, grace: Duration)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: AnswerBody,
{
    let mut connections = JoinSet::new();
    let places = Connections::new(&bounds);
    let (all, proxies) = (builder(&bounds, Some(HEADERS_TIMEOUT)), builder(&bounds, None));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => match places.take(address.ip()) {
                    Some(place) => {
                        let is_proxy = bounds.proxies.iter().any(|network| network.contains(address.ip()));
                        let builder = if is_proxy { proxies.clone() } else { all.clone() };
                        let peer = Peer { stream, address, place, pace: bounds.pace };
                        connections.spawn(connection(peer, builder, service.clone(), draining.clone()));
                    }
                    None => metrics::counter!("server_connections_refused_total").increment(1),
                },
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

/// The most bytes of the headers of a request of HTTP/2, its path included. More is refused without a reason, so that
/// whoever gives reasons refuses less.
const HEADER_LIST: u32 = 32 << 10;

/// The most headers of a request of HTTP/1.1. More is refused without a reason, too.
const HEADERS: usize = 1_000;

/// Speaks HTTP/1.1 and HTTP/2, whichever comes. The headers of a request of HTTP/1.1 have to come in time after the
/// request before it.
fn builder(bounds: &Bounds, headers_timeout: Option<Duration>) -> Builder<Streams> {
    let mut builder = Builder::new(Streams(bounds.pace));
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(headers_timeout)
        .max_headers(HEADERS)
        .max_buf_size(bounds.buffer_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(bounds.streams)
        .max_header_list_size(HEADER_LIST)
        .max_send_buf_size(bounds.buffer_bytes)
        .initial_stream_window_size(bounds.stream_window)
        .initial_connection_window_size(CONNECTION_WINDOW);
    builder
}

/// Whoever is at the other end.
struct Peer {
    stream: TcpStream,
    address: SocketAddr,
    place: Place,
    /// How fast it has to take what it is sent.
    pace: Pace,
}

async fn connection<S, B>(peer: Peer, builder: Builder<Streams>, service: S, draining: Draining)
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: AnswerBody,
{
    let Peer { stream, address, place: _place, pace } = peer;
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(&stream);
        let _ = socket.set_tcp_user_timeout(Some(TAKES_NOTHING));
        let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
    }
    // Whoever connects and says nothing has no business here.
    let speaks = tokio::select! {
        speaks = timeout(HEADERS_TIMEOUT, stream.readable()) => matches!(speaks, Ok(Ok(()))),
        () = draining.begun() => false,
    };
    if !speaks {
        return;
    }
    let service = service.map_response(|response| response.map(|body| Answer::new(body, Stream::current())));
    let service = service.map_request(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(|body| Body::new(reader::Request::new(body, Stream::current())));
        request.extensions_mut().insert(RemoteAddress(address));
        request
    });
    let stream = TokioIo::new(Socket::new(stream, pace));
    let served = builder.serve_connection(stream, TowerToHyperService::new(service));
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
