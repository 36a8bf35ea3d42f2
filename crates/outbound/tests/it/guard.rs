//! The guard against a real server on this machine, with names that say what they are told to.

use std::{
    future::{pending, ready},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, http::StatusCode, response::Redirect, routing::post};
use bytes::Bytes;
use http::HeaderMap;
use labelmesh_outbound::{Fault, Outbound};
use tokio::net::TcpListener;

use crate::support::{Names, outbound};

/// A server on this machine that counts what reaches it.
struct Server {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let count = |calls: &Arc<AtomicUsize>| {
            let calls = Arc::clone(calls);
            move || calls.fetch_add(1, Ordering::SeqCst)
        };
        let (fine, away, long) = (count(&calls), count(&calls), count(&calls));
        let app = Router::new()
            .route("/", post(move || ready(fine().to_string())))
            .route("/long", post(move || ready("x".repeat(1_000_000 + long()))))
            .route("/hang", post(pending::<StatusCode>))
            .route(
                "/away",
                post(move || {
                    away();
                    ready(Redirect::temporary("http://169.254.169.254/latest/meta-data/"))
                }),
            );
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Its URL under a name that our own lookup alone knows.
    fn named(&self, path: &str) -> String {
        format!("http://receiver.test:{}{path}", self.address.port())
    }
}

async fn post_to(outbound: &Outbound, url: &str) -> Result<(u16, usize), Fault> {
    let answer = outbound.post(url, HeaderMap::new(), Bytes::from_static(b"{}"), 256).await?;
    Ok((answer.status.as_u16(), answer.body.len()))
}

#[tokio::test]
async fn what_a_name_stands_for_is_judged_and_then_called() {
    let server = Server::start().await;
    let names = Names::say(&[&["127.0.0.1"]]);
    assert_eq!(post_to(&outbound(&names, &[]), &server.named("/")).await, Err(Fault::AddressRefused));
    assert_eq!(server.calls(), 0);
    assert_eq!(post_to(&outbound(&names, &["127.0.0.0/8"]), &server.named("/")).await, Ok((200, 1)));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn a_host_with_one_address_that_is_refused_is_refused() {
    let server = Server::start().await;
    for answer in
        [["93.184.215.14", "127.0.0.1"], ["127.0.0.1", "2606:4700:4700::1111"], ["1.1.1.1", "::ffff:10.0.0.1"]]
    {
        let outbound = outbound(&Names::say(&[&answer]), &[]);
        assert_eq!(post_to(&outbound, &server.named("/")).await, Err(Fault::AddressRefused), "{answer:?}");
    }
    assert_eq!(server.calls(), 0);
}

/// DNS rebinding: a name that is judged as one address and connected to as another.
#[tokio::test]
async fn what_a_name_says_a_moment_later_does_not_matter() {
    let server = Server::start().await;
    let rebinding = Names::say(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let lenient = outbound(&rebinding, &["127.0.0.0/8"]);
    assert_eq!(post_to(&lenient, &server.named("/")).await, Ok((200, 1)), "it is called at the first answer");
    assert_eq!(rebinding.asked.load(Ordering::SeqCst), 1, "the name is looked up once");

    // The other way round nothing reaches the server: the public address is the only one that would be called.
    let rebinding = Names::say(&[&["203.0.113.1"], &["127.0.0.1"]]);
    let strict = outbound(&rebinding, &["203.0.113.0/24"]);
    assert!(post_to(&strict, &server.named("/")).await.is_err());
    assert_eq!(rebinding.asked.load(Ordering::SeqCst), 1);
    assert_eq!(post_to(&strict, &server.named("/")).await, Err(Fault::AddressRefused));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::start().await;
    // Everything would be allowed that a redirect could lead to.
    let outbound = outbound(&Names::say(&[&["127.0.0.1"]]), &["0.0.0.0/0"]);
    assert_eq!(post_to(&outbound, &server.named("/away")).await, Ok((307, 0)));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn addresses_of_this_machine_are_refused_however_they_are_written() {
    let server = Server::start().await;
    let names = Names::say(&[&["127.0.0.1"]]);
    let outbound = outbound(&names, &[]);
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0.0.0x1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "169.254.169.254",
        "2852039166",
        "[fd00:ec2::254]",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(post_to(&outbound, &url).await, Err(Fault::AddressRefused), "{url}");
    }
    assert_eq!((server.calls(), names.asked.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn what_is_no_plain_url_of_the_web_is_refused() {
    let outbound = outbound(&Names::say(&[&["127.0.0.1"]]), &["127.0.0.0/8"]);
    for url in [
        "",
        "receiver.test",
        "/hook",
        "ftp://receiver.test/",
        "file:///etc/passwd",
        "gopher://receiver.test/",
        "unix:/run/docker.sock",
        "data:text/plain,x",
        "http://",
        "http://ada:secret@receiver.test/",
        "http://ada@receiver.test/",
        "http://receiver.test/#there",
        "http://999.1.1.1/",
    ] {
        assert_eq!(post_to(&outbound, url).await, Err(Fault::UrlInvalid), "{url}");
    }
}

#[tokio::test]
async fn time_and_size_are_bounded() {
    let server = Server::start().await;
    let outbound = outbound(&Names::say(&[&["127.0.0.1"]]), &["127.0.0.0/8"]);
    assert_eq!(post_to(&outbound, &server.named("/hang")).await, Err(Fault::TooSlow));
    assert_eq!(post_to(&outbound, &server.named("/long")).await, Ok((200, 256)));
}

#[tokio::test]
async fn a_name_that_nobody_knows_and_a_port_where_nobody_is_are_told_apart() {
    let nobody = outbound(&Names::say(&[&[]]), &[]);
    assert_eq!(post_to(&nobody, "http://receiver.test/").await, Err(Fault::NameUnknown));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let here = outbound(&Names::say(&[&["127.0.0.1"]]), &["127.0.0.0/8"]);
    assert_eq!(post_to(&here, &format!("http://receiver.test:{port}/")).await, Err(Fault::NoConnection));
}
