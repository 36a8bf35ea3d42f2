//! Web pages on loopback, and who asked for them.

use std::{
    collections::BTreeMap,
    io::Cursor,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use image::{ImageFormat, RgbImage};
use tokio::{net::TcpListener, sync::Semaphore};

/// The text of a page that names an image as its own.
const ARTICLE: &str = r#"<!doctype html><title>Boats</title><meta property="og:image" content="/boat.jpg">
<article><h1>Boats</h1><p>There are boats.</p><img src="/icon.png"><img src="/small.jpg" width="400"></article>"#;

/// The text of a page that gives itself another address, so long that no event holds it.
const RENAMED: &str =
    "<!doctype html><title>Long</title><script>history.replaceState(0, '', '/?' + 'x'.repeat(1_500_000))</script>";

/// A site of its own. It ends with the test.
#[derive(Clone)]
pub(crate) struct Site {
    hits: Arc<Mutex<BTreeMap<String, u32>>>,
    /// One permit for each answer to `/held`.
    answers: Arc<Semaphore>,
    address: String,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let site = Self { hits: Arc::default(), answers: Arc::new(Semaphore::new(0)), address };
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        site
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// How often something was asked for.
    pub(crate) fn hits(&self, path: &str) -> u32 {
        self.hits.lock().expect("no panic").get(path).copied().unwrap_or_default()
    }

    /// Lets `/held` answer, and whenever it is asked for again.
    pub(crate) fn release(&self) {
        self.answers.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    *site.hits.lock().expect("no panic").entry(path.clone()).or_default() += 1;
    match path.as_str() {
        "/" => html(page(500)),
        "/long" => html(page(3_000)),
        "/moved" => Redirect::temporary("/long").into_response(),
        "/inside" => Redirect::temporary("http://10.0.0.1/").into_response(),
        "/held" => {
            let _permit = site.answers.acquire().await;
            html(page(500))
        }
        "/renamed" => html(RENAMED.to_owned()),
        "/slow" => html(r#"<!doctype html><title>Slow</title><img src="/slow.png">"#.to_owned()),
        "/article" => html(ARTICLE.to_owned()),
        "/guessed" => html(ARTICLE.replace("og:image", "other")),
        "/changing" => html(ARTICLE.replace("boat.jpg", "changing.jpg")),
        "/changing.jpg" => picture(640 + site.hits(&path), 480, ImageFormat::Jpeg),
        "/boat.jpg" => picture(640, 480, ImageFormat::Jpeg),
        "/small.jpg" => picture(400, 300, ImageFormat::Jpeg),
        "/icon.png" => picture(16, 16, ImageFormat::Png),
        "/bare" => html("<!doctype html><title>Bare</title><p>There are words.".to_owned()),
        "/large" => html(format!("<!doctype html><p>{}", "large ".repeat(100_000))),
        "/file" => (([(header::CONTENT_TYPE, "application/pdf")]), "%PDF-1.7").into_response(),
        "/endless" | "/slow.png" => {
            Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>()).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A page of this height.
fn page(height: u32) -> String {
    format!(
        "<!doctype html><style>body {{ margin: 0; background: #36c }}</style><div style=height:{height}px>Boats</div>"
    )
}

fn html(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html")], text).into_response()
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Response {
    let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, format).expect("a picture in memory");
    ([(header::CONTENT_TYPE, format.to_mime_type())], bytes.into_inner()).into_response()
}
