//! The connection to an endpoint: one HTTP/2 connection, made when it is needed.
//!
//! Whoever needs it first makes it, and whoever needs it meanwhile waits for the same one. It is made for as long as
//! somebody waits: where all have given up, the next one begins anew. hyper-util's client does as much for any number
//! of hosts and versions; its pool costs each call more than sending it does.

use std::{
    error::Error,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Either, Ready, Shared, WeakShared, ready},
};
use http::Uri;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::{
    client::legacy::connect::HttpConnector,
    rt::{TokioExecutor, TokioTimer},
};
use tower::{BoxError, ServiceExt as _};

use crate::{endpoint::Endpoint, payload::Payload};

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

/// How connections are made.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    http2: Builder<TokioExecutor>,
}

/// The connection to an endpoint.
#[derive(Default)]
pub(crate) struct Connection(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    None,
    /// It is being made by those who wait for it.
    Making(WeakShared<Making>),
    Made(SendRequest<Payload>),
}

/// What is sent over, or why there is no connection. All who wait learn of it.
type Made = Result<SendRequest<Payload>, Arc<dyn Error + Send + Sync>>;
type Making = BoxFuture<'static, Made>;

impl Connector {
    pub(crate) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        let mut http2 = Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            // What waits for a peer that takes nothing is memory of ours.
            .max_send_buf_size(STREAM_WINDOW as usize)
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_TIMEOUT)
            .keep_alive_while_idle(true);
        Self { tcp, http2 }
    }

    /// The connection to an endpoint, which is made where there is none.
    pub(crate) fn connection(&self, endpoint: &Arc<Endpoint>) -> Either<Ready<Made>, Shared<Making>> {
        let mut state = endpoint.connection.state();
        let making = match &*state {
            State::Made(sender) if !sender.is_closed() => return Either::Left(ready(Ok(sender.clone()))),
            State::Making(making) => making.upgrade(),
            _ => None,
        };
        Either::Right(making.unwrap_or_else(|| {
            let making = self.clone().make(endpoint.clone()).boxed().shared();
            *state = making.downgrade().map_or(State::None, State::Making);
            making
        }))
    }

    async fn make(self, endpoint: Arc<Endpoint>) -> Made {
        let made = self.connect(endpoint.base()).await.map_err(Arc::from);
        *endpoint.connection.state() = match &made {
            Ok(sender) => State::Made(sender.clone()),
            Err(_) => State::None,
        };
        made
    }

    async fn connect(self, to: Uri) -> Result<SendRequest<Payload>, BoxError> {
        let io = self.tcp.oneshot(to).await?;
        let (sender, connection) = self.http2.handshake(io).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error.cause = &error as &dyn Error, "a connection broke off");
            }
        });
        Ok(sender)
    }
}

impl Connection {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with the lock")
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::net::TcpListener;

    use super::*;

    async fn listener(at: impl Into<SocketAddr>) -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind(at.into()).await.expect("a port");
        let address = listener.local_addr().expect("bound");
        (listener, address)
    }

    fn endpoint(at: SocketAddr) -> Arc<Endpoint> {
        let uri = format!("http://{at}").parse().expect("a URI");
        Arc::new(Endpoint::at("tasks", uri).expect("an endpoint"))
    }

    #[tokio::test]
    async fn whoever_gives_up_leaves_it_to_those_who_wait() {
        let (listener, address) = listener(([127, 0, 0, 1], 0)).await;
        let (connector, endpoint) = (Connector::new(), endpoint(address));
        let (first, second) = (connector.connection(&endpoint), connector.connection(&endpoint));
        assert!(first.now_or_never().is_none(), "it takes time");
        second.await.expect("connected");
        connector.connection(&endpoint).now_or_never().expect("it is there").expect("connected");
        listener.accept().await.expect("the only one");
        assert!(listener.accept().now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_could_not_be_made_is_made_anew() {
        let (gone, address) = listener(([127, 0, 0, 1], 0)).await;
        let (connector, endpoint) = (Connector::new(), endpoint(address));
        drop(gone);
        let refused = connector.connection(&endpoint).await.expect_err("nobody listens");
        assert!(refused.to_string().contains("connect"), "{refused}");
        let (_back, _) = listener(address).await;
        connector.connection(&endpoint).await.expect("connected");
    }
}
