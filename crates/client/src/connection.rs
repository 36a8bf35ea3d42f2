//! The connection to an endpoint: one HTTP/2 connection, made when it is needed.
//!
//! Whoever needs it first makes it, and whoever needs it meanwhile waits for the same one. It is made for as long as
//! somebody waits: where all have given up, the next one begins anew. hyper-util's client does as much for any number
//! of hosts and versions; its pool costs each call more than sending it does. It is h2's own: hyper's passes each call
//! to one task and its answer to another, where over h2 the caller writes and reads by itself.

use std::{
    error::Error,
    sync::{Arc, Mutex, MutexGuard, atomic::AtomicBool},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    FutureExt as _,
    future::{BoxFuture, Either, Ready, Shared, WeakShared, ready},
};
use h2::client::{Builder, SendRequest};
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower::{BoxError, ServiceExt as _};

use crate::{alive, endpoint::Endpoint};

/// A connection that is not there after this long will not be.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How much of a stream may wait to be read, and how much of all streams of a connection together. The second is no
/// bound at all, for a stream whose reader is slow must not hold up every other call on its connection.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;
/// How large the headers of an answer may be. A status with its details is among them.
const LARGEST_HEADERS: u32 = 16 * 1024;
/// How many calls may be under way before the peer has said how many it takes.
const FIRST_CALLS: usize = 100;

/// How connections are made.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    http2: Builder,
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
    Made(SendRequest<Bytes>),
}

/// What is sent over, or why there is no connection. All who wait learn of it.
type Made = Result<SendRequest<Bytes>, Arc<dyn Error + Send + Sync>>;
type Making = BoxFuture<'static, Made>;

impl Connector {
    pub(crate) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        let mut http2 = Builder::new();
        http2
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(LARGEST_HEADERS)
            .initial_max_send_streams(FIRST_CALLS)
            // What waits of a stream for a peer that takes nothing is memory of ours.
            .max_send_buffer_size(STREAM_WINDOW as usize);
        Self { tcp, http2 }
    }

    /// The connection to an endpoint, which is made where there is none.
    pub(crate) fn connection(&self, endpoint: &Arc<Endpoint>) -> Either<Ready<Made>, Shared<Making>> {
        let mut state = endpoint.connection.state();
        let making = match &*state {
            State::None => None,
            State::Making(making) => making.upgrade(),
            State::Made(sender) => match usable(sender) {
                Some(sender) => return Either::Left(ready(Ok(sender))),
                None => None,
            },
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

    async fn connect(self, to: Uri) -> Result<SendRequest<Bytes>, BoxError> {
        let tcp = self.tcp.oneshot(to).await?.into_inner();
        let heard = Arc::new(AtomicBool::new(false));
        let (sender, connection) = self.http2.handshake(alive::noting(tcp, heard.clone())).await?;
        tokio::spawn(alive::run(connection, heard));
        Ok(sender)
    }
}

/// What to send a call over; none where the connection has ended, or takes no more calls.
fn usable(sender: &SendRequest<Bytes>) -> Option<SendRequest<Bytes>> {
    let mut sender = sender.clone();
    // One that has sent nothing has nothing to wait for.
    let ready = sender.poll_ready(&mut Context::from_waker(Waker::noop()));
    matches!(ready, Poll::Ready(Ok(()))).then_some(sender)
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
