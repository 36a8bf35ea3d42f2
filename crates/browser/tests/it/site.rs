//! A proxy that is every site that is asked for, and the browser that is used.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use futures::{StreamExt as _, future::pending, stream};
use labelmesh_browser::{Arrival, Browser, Config, Error, Job, Page};
use tokio::{net::TcpListener, time::Instant};
use url::Url;

/// Long enough for everything but what goes on for ever.
const LONG: Duration = Duration::from_secs(60);
/// A page is quiet after that long.
pub(crate) const QUIET: Duration = Duration::from_millis(500);

/// The configuration of a browser for tests. None where there is no Chromium, which is said.
pub(crate) fn config(test: &str) -> Option<Config> {
    let Some(chromium) = labelmesh_servers::chromium() else {
        eprintln!("NOT RUN: no Chromium for {test}");
        return None;
    };
    Some(Config { program: Some(chromium.program), user: chromium.user, ..Config::default() })
}

/// The same, started.
pub(crate) fn browser(test: &str) -> Option<Browser> {
    config(test).map(|config| Browser::new(config).expect("it can be run"))
}

pub(crate) fn soon() -> Instant {
    Instant::now() + LONG
}

/// Every site of the world: a page for a path, whatever the host.
pub(crate) struct Site {
    proxy: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let proxy = listener.local_addr().expect("an address");
        let calls = Arc::new(AtomicUsize::new(0));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&calls));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { proxy, calls }
    }

    /// How often anything was asked for.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn job(&self) -> Job {
        Job { proxy: self.proxy, width: 800, height: 600, scale: 1.0, styles: Vec::new() }
    }

    /// An empty page.
    pub(crate) async fn page(&self, browser: &Browser) -> Page {
        browser.open(self.job()).await.expect("the browser opens it")
    }

    /// A page that has begun.
    pub(crate) async fn visit(&self, browser: &Browser, path: &str) -> Page {
        let page = self.page(browser).await;
        assert_eq!(go(&page, path).await, Ok(Arrival::Document), "{path}");
        page
    }

    /// A page that was waited for.
    pub(crate) async fn settled(&self, browser: &Browser, path: &str) -> Page {
        let page = self.visit(browser, path).await;
        assert_eq!(page.settle(QUIET, soon()).await, Ok(true), "{path}");
        page
    }
}

pub(crate) async fn go(page: &Page, path: &str) -> Result<Arrival, Error> {
    let url = Url::parse("http://site.test").expect("a URL").join(path).expect("a URL");
    page.navigate(&url, soon()).await
}

/// What its title says.
pub(crate) async fn title(page: &Page) -> String {
    let title = page.evaluate("document.title", soon()).await.expect("the page answers");
    title.as_str().expect("a title").to_owned()
}

async fn answer(State(calls): State<Arc<AtomicUsize>>, request: Request) -> Response<Body> {
    calls.fetch_add(1, Ordering::SeqCst);
    let html = match request.uri().path() {
        "/favicon.ico" | "/refused" => return status(StatusCode::FORBIDDEN),
        "/hang" => return pending().await,
        "/stream" => return typed("text/event-stream", forever()),
        "/download" => return typed("application/zip", "PK".into()),
        "/nothing" => return status(StatusCode::NO_CONTENT),
        "/gone" => {
            let mut gone = typed("text/html", "<title>gone</title>No such page.".into());
            *gone.status_mut() = StatusCode::NOT_FOUND;
            return gone;
        }
        "/moved" => {
            let mut moved = status(StatusCode::FOUND);
            moved.headers_mut().insert(header::LOCATION, "http://elsewhere.test/plain".parse().expect("a URL"));
            return moved;
        }
        "/plain" => "<title>plain</title>Some words.",
        "/polls" => "<title>polls</title><script>setInterval(() => fetch('/plain'), 50)</script>",
        "/streams" => "<script>new EventSource('/stream'); new WebSocket('ws://site.test/socket')</script>",
        "/waits" => "<img src=/hang>",
        "/loops" => "<body style='background: lime'>Green<script>for (;;);</script>",
        "/asks" => ASKS,
        "/leaves" => "<title>stays</title><script>location = 'mailto:somebody@site.test'</script>",
        "/scripted" => "<script>location = '/plain'</script>",
        "/lies" => LIES,
        "/frames" => "<iframe src='http://other.test/fetches'></iframe>",
        "/fetches" => "<script>setTimeout(() => fetch('/plain?later'), 100)</script>",
        "/keeps" => {
            "<script>localStorage.seen = (localStorage.seen ?? '') + 'x'; document.title = localStorage.seen</script>"
        }
        _ => return status(StatusCode::NOT_FOUND),
    };
    typed("text/html", html.into())
}

/// Asks for all that needs somebody to answer.
const ASKS: &str = "
<input type=file>
<script>
    alert(1); confirm(2); prompt(3); print();
    const opened = window.open('/plain');
    onbeforeunload = event => event.preventDefault();
    document.querySelector('input').click();
    const link = document.createElement('a');
    Object.assign(link, {href: '/download', download: 'file.zip'}).click();
    navigator.permissions.query({name: 'geolocation'}).then(({state}) => document.title = `${state} ${opened}`);
</script>";

/// Has other functions where those of the language were.
const LIES: &str = "
<title>true</title>
<script>
    Object.defineProperty(document, 'title', {get: () => 'false'});
    window.scrollTo = window.requestAnimationFrame = () => { throw new Error('no'); };
</script>";

fn forever() -> Body {
    let words = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"data: 1\n\n")) });
    Body::from_stream(words.chain(stream::pending()))
}

fn typed(media_type: &str, body: Body) -> Response<Body> {
    Response::builder().header(header::CONTENT_TYPE, media_type).body(body).expect("an answer")
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).expect("an answer")
}
