//! Peers who ask and don't read: what they hold comes back, and others are served meanwhile.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{future::join_all, stream};
use h2::{Reason, client::SendRequest};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use labelmesh_server::{
    Draining,
    listen::{Bounds, Pace, serve},
};
use labelmesh_testkit::until;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tonic::{Status, body::Body};
use tower::service_fn;

const SMALL: usize = 20_000;
const LARGE: usize = 1 << 20;
const STREAMS: usize = 100;
/// What comes at all comes by then.
const SOON: Duration = Duration::from_secs(60);

/// A server whose answers say how many there are.
struct Server {
    address: SocketAddr,
    /// How many are held.
    held: Arc<AtomicUsize>,
    begun: Arc<AtomicUsize>,
}

/// What an answer holds until it is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(held: &Arc<AtomicUsize>) -> Self {
        held.fetch_add(1, Ordering::Relaxed);
        Self(held.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// A server that waits for nobody longer than so.
    async fn start(patience: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let (held, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (places, count) = (held.clone(), begun.clone());
        let service = service_fn(move |request: Request<Body>| {
            count.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok::<_, Infallible>(answer(request.uri().path(), Place::take(&places))))
        });
        let bounds = Bounds { pace: Pace { bytes_per_second: 1 << 30, patience }, ..Bounds::default() };
        tokio::spawn(serve(listener, service, bounds, Draining::default(), Duration::ZERO));
        Self { address, held, begun }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// A connection whose streams have windows of so many bytes, which nothing is added to unless it is read.
    async fn http2(&self, window: u32) -> SendRequest<Bytes> {
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(window).initial_connection_window_size(1 << 24);
        let (sender, connection) = builder.handshake(self.connect().await).await.expect("HTTP/2");
        tokio::spawn(connection);
        sender
    }

    async fn all_came_back(&self) {
        until("what was held", async || (self.held.load(Ordering::Relaxed) == 0).then_some(())).await;
    }
}

fn answer(path: &str, held: Place) -> Response<Body> {
    let piece = Bytes::from(vec![7; 32 << 10]);
    let body = match path {
        "/endless" => {
            Body::new(StreamBody::new(stream::repeat_with(move || Ok::<_, Status>(Frame::data(piece.clone())))))
        }
        "/large" => Body::new(Full::from(vec![7; LARGE])),
        _ => Body::new(Full::from(vec![7; SMALL])),
    };
    Response::new(Body::new(body.map_frame(move |frame| {
        let _held = &held;
        frame
    })))
}

/// Asks, and has the head of the answer.
async fn ask(sender: &mut SendRequest<Bytes>, path: &str) -> h2::RecvStream {
    let request = Request::get(format!("http://server{path}")).body(()).expect("a request");
    let (answer, _) = sender.clone().ready().await.expect("room").send_request(request, true).expect("a stream");
    answer.await.expect("a head").into_body()
}

/// Reads an answer, and makes room for more of it.
async fn read(mut answer: h2::RecvStream) -> Result<usize, h2::Error> {
    let mut read = 0;
    while let Some(data) = answer.data().await {
        let length = data?.len();
        read += length;
        answer.flow_control().release_capacity(length)?;
    }
    Ok(read)
}

/// How an answer ends that nobody makes room for, and how much of it came.
async fn ends(mut answer: h2::RecvStream) -> (usize, Option<Reason>) {
    let mut came = 0;
    loop {
        match timeout(SOON, answer.data()).await.expect("in time") {
            Some(Ok(data)) => came += data.len(),
            Some(Err(error)) => break (came, error.reason()),
            None => break (came, None),
        }
    }
}

#[tokio::test]
async fn hundreds_of_streams_whose_window_is_shut_are_reset_and_others_are_served() {
    let server = Server::start(Duration::from_millis(500)).await;
    let mut shut = Vec::new();
    for path in ["/small", "/endless", "/large", "/small"] {
        let mut sender = server.http2(0).await;
        for _ in 0..STREAMS {
            shut.push(ask(&mut sender, path).await);
        }
    }
    assert_eq!(server.begun.load(Ordering::Relaxed), 4 * STREAMS);
    let other = ask(&mut server.http2(1 << 16).await, "/small").await;
    assert_eq!(read(other).await.expect("served"), SMALL);
    let ended = join_all(shut.into_iter().map(ends)).await;
    assert!(ended.iter().all(|end| *end == (0, Some(Reason::CANCEL))), "{ended:?}");
    server.all_came_back().await;
}

#[tokio::test]
async fn what_is_left_of_an_answer_is_given_up_and_the_connection_is_not() {
    let server = Server::start(Duration::from_millis(500)).await;
    let mut sender = server.http2(SMALL as u32).await;
    let whole = ask(&mut sender, "/small").await;
    assert_eq!(ends(whole).await, (SMALL, None), "there is room for exactly that");
    let part = ask(&mut sender, "/large").await;
    assert_eq!(ends(part).await, (SMALL, Some(Reason::CANCEL)));
    let mut narrow = server.http2(SMALL as u32 - 1).await;
    let but_one = ask(&mut narrow, "/small").await;
    assert_eq!(ends(but_one).await, (SMALL - 1, Some(Reason::CANCEL)));
    server.all_came_back().await;
    for sender in [&mut sender, &mut narrow] {
        assert_eq!(read(ask(sender, "/small").await).await.expect("served"), SMALL);
    }
}

#[tokio::test]
async fn a_connection_that_takes_nothing_is_closed_with_all_it_holds() {
    let server = Server::start(Duration::from_millis(100)).await;
    let mut plain = server.connect().await;
    plain.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(1 << 30).initial_connection_window_size(1 << 30);
    let (mut sender, mut connection) = builder.handshake::<_, Bytes>(server.connect().await).await.expect("HTTP/2");
    // From then on nobody reads what comes.
    let answers = tokio::select! {
        answers = async { [ask(&mut sender, "/endless").await, ask(&mut sender, "/endless").await] } => answers,
        _ = &mut connection => panic!("it goes on"),
    };
    until("three answers", async || (server.begun.load(Ordering::Relaxed) == 3).then_some(())).await;
    server.all_came_back().await;
    let mut rest = Vec::new();
    let end = timeout(SOON, plain.read_to_end(&mut rest)).await.expect("in time");
    assert!(end.is_err() || !rest.ends_with(b"0\r\n\r\n"), "it is no whole answer");
    drop((answers, connection));
}
