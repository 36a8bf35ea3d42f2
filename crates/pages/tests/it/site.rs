//! A site on this machine with our pages and with pictures that are as they are called.

use std::{
    io::{self, Cursor},
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use futures::future::{BoxFuture, FutureExt as _, pending};
use image::{ImageFormat, Rgb, RgbImage};
use labelmesh_outbound::{Config, Lookup, Outbound};
use tokio::net::TcpListener;

use crate::pages;

/// Nobody knows any name.
struct NoNames;

impl Lookup for NoNames {
    fn lookup(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        async { Ok(Vec::new()) }.boxed()
    }
}

/// The site.
pub(crate) struct Site {
    port: u16,
    calls: Arc<AtomicUsize>,
    /// May call this machine, beside what is public.
    pub(crate) outbound: Outbound,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(AtomicUsize::new(0));
        let app = Router::new().fallback(answer).with_state((port, Arc::clone(&calls)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let allow = vec!["127.0.0.0/8".parse().expect("a network")];
        let config = Config { allow, timeout: Duration::from_secs(30) };
        let outbound = Outbound::new(&config, "test", Arc::new(NoNames)).expect("TLS can be set up");
        Self { port, calls, outbound }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// How often anything was asked for.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn answer(State((port, calls)): State<(u16, Arc<AtomicUsize>)>, request: Request) -> Response<Body> {
    calls.fetch_add(1, Ordering::SeqCst);
    let path = request.uri().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    let is = |what: &str| path.contains(what);
    match name.rsplit_once('.') {
        _ if is("gone") => status(StatusCode::NOT_FOUND),
        _ if is("hang") => pending().await,
        _ if is("inside.") && is("redirected") => to("http://10.0.0.1/photo.jpg"),
        _ if is("moved") => to("/pages/news.html"),
        _ if is("text") => typed("text/html", "<p>No picture.".into()),
        _ if is("paper") => typed("application/pdf", "%PDF-1.7".into()),
        _ if is("untold") => Response::new(Body::from(picture(640, 480, ImageFormat::Png))),
        Some((name, "html")) => typed("text/html", page(name, port)),
        Some((_, "png")) if is("small") => typed("image/png", picture(100, 80, ImageFormat::Png)),
        Some(_) if is("banner") => typed("image/jpeg", picture(1000, 250, ImageFormat::Jpeg)),
        Some(_) if is("flat") => typed("image/jpeg", flat()),
        Some(_) => typed("image/jpeg", picture(640, 480, ImageFormat::Jpeg)),
        None => status(StatusCode::BAD_REQUEST),
    }
}

/// A page with this site's address in it.
fn page(name: &str, port: u16) -> Vec<u8> {
    let page = pages::read(name);
    // That in Latin-1 has no address.
    match String::from_utf8(page) {
        Ok(text) => text.replace("https://pages.test/", &format!("http://127.0.0.1:{port}/")).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| Rgb([(x / 4) as u8, (y / 4) as u8, 90]));
    encoded(&pixels, format)
}

fn flat() -> Vec<u8> {
    encoded(&RgbImage::from_pixel(640, 480, Rgb([200, 30, 30])), ImageFormat::Jpeg)
}

fn encoded(pixels: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).expect("memory");
    file.into_inner()
}

fn typed(media_type: &str, body: Vec<u8>) -> Response<Body> {
    Response::builder().header(header::CONTENT_TYPE, media_type).body(body.into()).expect("an answer")
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).expect("an answer")
}

fn to(location: &str) -> Response<Body> {
    let found = Response::builder().status(StatusCode::FOUND).header(header::LOCATION, location);
    found.body(Body::empty()).expect("an answer")
}
