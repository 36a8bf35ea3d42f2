//! Real connections, and their end.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use labelmesh_proto::auth::v1::{LoginRequest, LoginResponse};
use labelmesh_server::{
    Draining, caller,
    listen::{Bounds, serve},
};
use labelmesh_testkit::until;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::{Instant, advance},
};
use tonic::{Request, body::Body};
use tower::service_fn;

use crate::fake::{Fake, LOGIN};

async fn listen(fake: &Fake, grace: Duration) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    (address, tokio::spawn(serve(listener, fake.stack(), Bounds::default(), fake.draining.clone(), grace)))
}

fn login(address: SocketAddr) -> JoinHandle<Option<String>> {
    tokio::spawn(async move {
        let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        // One message without fields that are set: a flag and a length, all zero.
        let body = http_body_util::Full::new(bytes::Bytes::from_static(&[0; 5]));
        let request = http::Request::post(format!("http://{address}{LOGIN}"))
            .header("content-type", "application/grpc")
            .body(Body::new(body))
            .expect("a request");
        let answer = client.request(request).await.ok()?.into_body().collect().await.ok()?;
        let status = answer.trailers()?.get("grpc-status")?.to_str().ok()?.to_owned();
        Some(format!("{status}: {}", String::from_utf8_lossy(&answer.to_bytes())))
    })
}

/// A handler that says when it was entered and waits until it may answer.
fn gated() -> (Fake, Arc<Notify>, Arc<Notify>) {
    let (entered, open) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (entered.clone(), open.clone());
    let fake = Fake::new().unary(LOGIN, move |request: Request<LoginRequest>| {
        let (tell, wait) = (tell.clone(), wait.clone());
        async move {
            let address = caller(&request)?.address.expect("connected");
            tell.notify_one();
            wait.notified().await;
            Ok(LoginResponse { token: address.to_string(), ..Default::default() })
        }
    });
    (fake, entered, open)
}

#[tokio::test]
async fn a_call_in_flight_is_finished_and_new_connections_are_refused() {
    let (fake, entered, open) = gated();
    let (address, serving) = listen(&fake, Duration::from_secs(30)).await;
    let call = login(address);
    entered.notified().await;
    fake.draining.begin();
    until("a refusal", async || TcpStream::connect(address).await.err()).await;
    assert!(!serving.is_finished());
    open.notify_one();
    let answer = call.await.expect("no panic").expect("answered");
    assert!(answer.starts_with("0: ") && answer.contains("127.0.0.1"), "{answer}");
    serving.await.expect("ended");
}

#[tokio::test]
async fn what_is_not_done_within_the_grace_is_cut() {
    let (fake, entered, _open) = gated();
    let (address, serving) = listen(&fake, Duration::from_millis(50)).await;
    let call = login(address);
    entered.notified().await;
    let began = Instant::now();
    fake.draining.begin();
    serving.await.expect("ended");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(call.await.expect("no panic"), None);
}

/// Somebody who has made a call of HTTP/1.1 and keeps the connection, and who is taken for a proxy or not.
async fn idle(proxies: &[&str]) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let proxies = proxies.iter().map(|network| network.parse().expect("a network")).collect();
    let service = service_fn(async |_| Ok::<_, Infallible>(http::Response::new(Body::empty())));
    let bounds = Bounds { proxies, ..Bounds::default() };
    tokio::spawn(serve(listener, service, bounds, Draining::default(), Duration::ZERO));
    let mut stream = TcpStream::connect(address).await.expect("connected");
    assert!(asks(&mut stream).await, "the first call is answered");
    stream
}

/// Makes a call; whether it is answered.
async fn asks(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 1024];
    let sent = stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let read = stream.read(&mut answer).await.unwrap_or_default();
    sent.is_ok() && answer[..read].starts_with(b"HTTP/1.1 200 OK\r\n")
}

#[tokio::test(start_paused = true)]
async fn a_proxy_keeps_its_connections_and_others_have_ten_seconds() {
    let mut proxy = idle(&["127.0.0.0/8"]).await;
    advance(Duration::from_secs(3600)).await;
    assert!(asks(&mut proxy).await, "a proxy calls when it likes");

    let mut other = idle(&["10.0.0.0/8"]).await;
    let began = Instant::now();
    assert_eq!(other.read(&mut [0; 1]).await.expect("closed in order"), 0);
    assert!((9..=11).contains(&began.elapsed().as_secs()), "after {:?}", began.elapsed());
}
