//! What is got over redirects, and what is not.

use std::{
    convert::Infallible,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt as _, stream};
use labelmesh_outbound::{Fault, Fetched, Outbound};
use tokio::net::TcpListener;

use crate::support::{Names, outbound};

const MOST: usize = 10_000;

/// A server on this machine, by its own address and by a name that our own lookup alone knows.
struct Server {
    port: u16,
    calls: Arc<AtomicUsize>,
    outbound: Outbound,
}

impl Server {
    /// The first lookup of a name is answered by the first of these, and so on.
    async fn start(names: &[&[&str]]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(AtomicUsize::new(0));
        let app = Router::new().fallback(answer).with_state((port, Arc::clone(&calls)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, calls, outbound: outbound(&Names::say(names), &["127.0.0.0/8"]) }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn get(&self, path: &str) -> Result<Fetched, Fault> {
        self.outbound.get(&self.url(path), "text/html", MOST).await
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn answer(State((port, calls)): State<(u16, Arc<AtomicUsize>)>, request: Request) -> Response<Body> {
    calls.fetch_add(1, Ordering::SeqCst);
    let path = request.uri().path();
    let rest = path.rsplit('/').next().unwrap_or_default();
    let hops = rest.parse::<u32>().unwrap_or_default();
    match path.split('/').nth(1).unwrap_or_default() {
        "page" => typed(Body::from("a page")),
        "long" => typed(Body::from("x".repeat(rest.parse().expect("a length")))),
        // No length is told.
        "endless" => {
            typed(Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 999])))))
        }
        "stops" => {
            let begun = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"a pa"))]);
            typed(Body::from_stream(begun.chain(stream::pending())))
        }
        "gzip" => gzip(&vec![b'x'; rest.parse().expect("a length")], 0),
        "cut" => gzip(b"a page that is cut", 9),
        "brotli" => encoded(Body::from("?"), "br"),
        "missing" => status(StatusCode::NOT_FOUND),
        "away" => to(&request.uri().query().unwrap_or_default().replace("PORT", &port.to_string())),
        "hop" if hops == 0 => to("/page"),
        "hop" => to(&format!("/hop/{}", hops - 1)),
        "loop" => to("/loop"),
        "relative" => to("../page#part"),
        "nowhere" => status(StatusCode::FOUND),
        "accept" => typed(Body::from(request.headers()[header::ACCEPT].as_bytes().to_vec())),
        _ => status(StatusCode::BAD_REQUEST),
    }
}

fn typed(body: Body) -> Response<Body> {
    Response::builder().header(header::CONTENT_TYPE, "text/html; charset=x").body(body).expect("an answer")
}

fn encoded(body: Body, encoding: &str) -> Response<Body> {
    Response::builder().header(header::CONTENT_ENCODING, encoding).body(body).expect("an answer")
}

fn gzip(bytes: &[u8], less: usize) -> Response<Body> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    let mut compressed = encoder.finish().expect("memory");
    compressed.truncate(compressed.len() - less);
    encoded(Body::from(compressed), "gzip")
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::from("words")).expect("an answer")
}

fn to(location: &str) -> Response<Body> {
    let found = Response::builder().status(StatusCode::FOUND).header(header::LOCATION, location);
    found.body(Body::from("over there")).expect("an answer")
}

#[tokio::test]
async fn a_body_comes_with_its_type_and_where_it_lay() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    let got = server.get("/page#part").await.expect("it is there");
    assert_eq!((got.url.as_str(), &*got.bytes), (&*server.url("/page"), b"a page".as_slice()));
    assert_eq!(got.content_type.as_deref(), Some("text/html; charset=x"));
    assert_eq!(server.get("/accept").await.expect("it is there").bytes, "text/html");
    assert_eq!(server.get("/missing").await, Err(Fault::Status(StatusCode::NOT_FOUND)));
    assert_eq!(server.get("/nowhere").await, Err(Fault::Status(StatusCode::FOUND)), "it leads nowhere");
}

#[tokio::test]
async fn five_redirects_are_followed_and_no_more() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    let got = server.get("/hop/4").await.expect("it is the fifth");
    assert_eq!(got.url.as_str(), server.url("/page"));
    assert_eq!(server.get("/hop/5").await, Err(Fault::TooManyRedirects));
    let before = server.calls();
    assert_eq!(server.get("/loop").await, Err(Fault::TooManyRedirects));
    assert_eq!(server.calls() - before, 6);
}

#[tokio::test]
async fn a_redirect_is_relative_to_what_it_leads_from_and_may_have_a_fragment() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    let got = server.get("/relative/from/here").await.expect("it is there");
    assert_eq!(got.url.as_str(), server.url("/page"));
    let got = server.get("/away?http://page.test:PORT/page").await.expect("the name is known");
    assert_eq!(got.url.host_str(), Some("page.test"));
}

#[tokio::test]
async fn a_redirect_is_judged_as_the_url_itself_is() {
    let server = Server::start(&[&["10.0.0.1"]]).await;
    for (target, fault) in [
        ("http://169.254.169.254/latest/meta-data/", Fault::AddressRefused),
        ("http://10.0.0.1:PORT/page", Fault::AddressRefused),
        ("http://[::1]:PORT/page", Fault::AddressRefused),
        ("//0x0a.1/page", Fault::AddressRefused),
        // Its name stands for a private address.
        ("http://inside.test:PORT/page", Fault::AddressRefused),
        ("file:///etc/passwd", Fault::UrlInvalid),
        ("ftp://127.0.0.1/", Fault::UrlInvalid),
        ("data:text/html,x", Fault::UrlInvalid),
        ("javascript:alert(1)", Fault::UrlInvalid),
        ("http://ada:secret@127.0.0.1:PORT/page", Fault::UrlInvalid),
        ("http://127.0.0.1:99999/", Fault::UrlInvalid),
    ] {
        let before = server.calls();
        assert_eq!(server.get(&format!("/away?{target}")).await, Err(fault), "{target}");
        assert_eq!(server.calls() - before, 1, "nothing but the redirect was asked for: {target}");
    }
}

/// DNS rebinding by a redirect: the host was public when it was first asked for.
#[tokio::test]
async fn a_name_is_judged_again_with_each_connection() {
    let server = Server::start(&[&["127.0.0.1"], &["10.0.0.1"]]).await;
    let first = format!("http://first.test:{}/away?http://second.test:PORT/page", server.port);
    assert_eq!(server.outbound.get(&first, "text/html", MOST).await, Err(Fault::AddressRefused));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn other_schemes_than_those_of_the_web_are_refused() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    for url in ["file:///etc/passwd", "ftp://host.test/", "data:text/html,x", "about:blank", "", "/page", "http://"] {
        assert_eq!(server.outbound.get(url, "*/*", MOST).await, Err(Fault::UrlInvalid), "{url}");
    }
    assert_eq!(server.outbound.get("http://[::1]/", "*/*", MOST).await, Err(Fault::AddressRefused));
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_not_cut() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    assert_eq!(server.get("/long/10000").await.expect("it just fits").bytes.len(), MOST);
    assert_eq!(server.get("/long/10001").await, Err(Fault::TooLarge));
    assert_eq!(server.get("/endless").await, Err(Fault::TooLarge));
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_in_time_is_too_slow() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    assert_eq!(server.get("/stops").await, Err(Fault::TooSlow));
}

#[tokio::test]
async fn gzip_is_decompressed_within_the_same_bound() {
    let server = Server::start(&[&["127.0.0.1"]]).await;
    assert_eq!(server.get("/gzip/10000").await.expect("it just fits").bytes, vec![b'x'; MOST]);
    assert_eq!(server.get("/gzip/10001").await, Err(Fault::TooLarge));
    // 8 MB in 8 kB: a bomb.
    assert_eq!(server.get("/gzip/8000000").await, Err(Fault::TooLarge));
    assert_eq!(server.get("/cut").await, Err(Fault::BrokenOff));
    assert_eq!(server.get("/brotli").await, Err(Fault::BrokenOff), "nobody asked for it");
}
