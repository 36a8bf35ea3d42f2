//! Pages for a browser, and the browser that is used.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
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
use labelmesh_browser::Browser;
use labelmesh_outbound::{Config, Limits, Lookup, Outbound};
use labelmesh_pages::Renderer;
use tokio::net::TcpListener;

/// Where names of hosts lead: this machine, or one that is not public.
struct Names;

impl Lookup for Names {
    fn lookup(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let address = match host {
            "pages.test" => Some([127, 0, 0, 1]),
            "inside.test" => Some([10, 0, 0, 1]),
            _ => None,
        };
        async move { Ok(address.map(IpAddr::from).into_iter().collect()) }.boxed()
    }
}

/// A site and a browser that may call it.
pub(crate) struct Shown {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    pub(crate) browser: Browser,
    pub(crate) outbound: Outbound,
    pub(crate) renderer: Renderer,
}

impl Shown {
    /// None where there is no Chromium, which is said.
    pub(crate) async fn start(test: &str) -> Option<Self> {
        Self::with(test, Limits::default()).await
    }

    /// The same with limits for what a page may use.
    pub(crate) async fn with(test: &str, limits: Limits) -> Option<Self> {
        let Some(chromium) = labelmesh_servers::chromium() else {
            eprintln!("NOT RUN: no Chromium for {test}");
            return None;
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::default());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let config = labelmesh_browser::Config {
            program: Some(chromium.program),
            user: chromium.user,
            ..labelmesh_browser::Config::default()
        };
        let browser = Browser::new(config).expect("it can be run");
        let network =
            Config { allow: vec!["127.0.0.0/8".parse().expect("a network")], timeout: Duration::from_secs(30) };
        let outbound = Outbound::new(&network, "test", Arc::new(Names)).expect("TLS can be set up");
        let renderer = Renderer::new(browser.clone(), outbound.clone(), network, Arc::new(Names)).with_limits(limits);
        Some(Self { port, asked, browser, outbound, renderer })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://pages.test:{}{path}", self.port)
    }

    /// The paths that were asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(State(asked): State<Arc<Mutex<Vec<String>>>>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    let html = match path.as_str() {
        "/hang" => return pending().await,
        "/stream" => {
            return typed("text/event-stream", Body::from_stream(futures::stream::pending::<io::Result<String>>()));
        }
        "/paper" => return typed("application/pdf", "%PDF-1.7\n".into()),
        "/file" => return typed("application/zip", "PK".into()),
        "/untrue" => return typed("text/html", picture([200, 90, 0]).into()),
        "/moved" => return to("/plain"),
        "/moved-inside" => return to("http://10.0.0.1/"),
        "/huge" => return typed("text/html", "<p>Word. ".repeat(1 << 18).into()),
        path if path.ends_with(".png") => return typed("image/png", picture(color(path)).into()),
        "/plain" => "<body style='margin: 0; background: #0000ff'>",
        "/lazy" => LAZY,
        "/high" => "<body style='margin: 0; background: #00ff00'><div style='height: 100000px'></div>",
        "/windows" => {
            "<body style='margin: 0'><div style='height: 100vh; background: #ff0000'></div>\
             <div style='height: 2000px; background: #0000ff'></div>"
        }
        "/polls" => "<script>setInterval(() => fetch('/plain'), 50)</script>",
        "/streams" => "<script>new EventSource('/stream'); new WebSocket('ws://pages.test:9/')</script>",
        "/waits" => "<img src=/hang>",
        "/loops" => "<body style='background: #00ff00'><script>for (;;);</script>",
        "/asks" => {
            "<script>alert(1); confirm(2); print(); const link = document.createElement('a');\
             Object.assign(link, {href: '/file', download: 'file.zip'}).click()</script>"
        }
        "/goes-inside" => "<script>location = 'http://inside.test/'</script>",
        "/consent" => {
            "<body style='margin: 0; background: #0000ff; overflow: hidden'>\
             <div id=onetrust-consent-sdk style='position: fixed; inset: 0; background: #ff0000'></div>"
        }
        "/by-script" => BY_SCRIPT,
        "/said" => "<meta property=og:image content=/photo-said.png><img src=/photo-other.png>",
        _ => return status(StatusCode::NOT_FOUND),
    };
    typed("text/html", html.into())
}

/// Images that are loaded when they are seen: by the browser, and by a script, whatever size the window has.
const LAZY: &str = "
<body style='margin: 0'>
<img src=/ff0000.png loading=lazy style='display: block; width: 100%; height: 900px'>
<div style='height: 5000px'></div>
<img id=late data-src=/00ff00.png style='display: block; width: 100%; height: 900px'>
<div style='height: 3000px'></div>
<img src=/0000ff.png loading=lazy style='display: block; width: 100%; height: 900px'>
<script>
    const late = document.querySelector('#late');
    new IntersectionObserver(seen => { if (seen[0].isIntersecting) late.src = late.dataset.src; }).observe(late);
</script>";

/// Has no image before its script ran.
const BY_SCRIPT: &str = "
<body>
<script>
    const show = (src, width, height, beside) => {
        const image = document.createElement('img');
        Object.assign(image, {src, width, height});
        const place = document.createElement(beside ? 'aside' : 'main');
        place.append(image);
        document.body.append(place);
    };
    show('/photo-beside.png', 300, 220, true);
    show('/photo-main.png', 900, 600, false);
    show('/photo-below.png', 300, 220, false);
</script>";

/// The color that a path names.
fn color(path: &str) -> [u8; 3] {
    let number = u32::from_str_radix(path.trim_start_matches('/').trim_end_matches(".png"), 16).unwrap_or(0x80_80_80);
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

fn picture(color: [u8; 3]) -> Vec<u8> {
    // Not of one color alone: such an image is none that a page is about.
    let pixels = RgbImage::from_fn(600, 400, |x, y| if x + y < 50 { Rgb([255; 3]) } else { Rgb(color) });
    let mut file = io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, ImageFormat::Png).expect("memory");
    file.into_inner()
}

fn typed(media_type: &str, body: Body) -> Response<Body> {
    Response::builder().header(header::CONTENT_TYPE, media_type).body(body).expect("an answer")
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).expect("an answer")
}

fn to(location: &str) -> Response<Body> {
    let found = Response::builder().status(StatusCode::FOUND).header(header::LOCATION, location);
    found.body(Body::empty()).expect("an answer")
}
