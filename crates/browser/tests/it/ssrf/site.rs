//! A hostile site: for each way a page that reaches for the internal server, and one that reaches for another.

use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use tokio::net::TcpListener;

use super::ways::Way;

pub(crate) struct Site {
    address: SocketAddr,
}

/// What it serves.
struct Pages {
    ways: BTreeMap<String, Way>,
    inside: u16,
    outside: BTreeMap<String, u16>,
}

impl Site {
    /// One at 127.0.0.2, which not every machine has.
    pub(crate) async fn start(ways: &[Way], inside: u16, outside: BTreeMap<String, u16>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.2", 0)).await?;
        let address = listener.local_addr()?;
        let ways = ways.iter().map(|way| (way.name.clone(), way.clone())).collect();
        let app = Router::new().fallback(answer).with_state(Arc::new(Pages { ways, inside, outside }));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address })
    }

    /// The page of a way that reaches for one side.
    pub(crate) fn page(&self, side: &str, way: &str) -> String {
        format!("http://{}/{side}/{way}/", self.address)
    }

    /// A page with those of some ways, as they are called, in frames. Those that reach for the other server come after
    /// all that reach for the internal one.
    pub(crate) fn frames(&self, ways: &[&str]) -> String {
        format!("http://{}/frames/{}", self.address, ways.join("/"))
    }
}

async fn answer(State(pages): State<Arc<Pages>>, request: Request) -> Response<Body> {
    let parts: Vec<&str> = request.uri().path().trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["frames", ways @ ..] => html(frames(ways)),
        [side @ ("inside" | "outside"), way, file] => {
            pages.ways.get(*way).map_or_else(missing, |way| pages.serve(way, *side == "inside", file))
        }
        _ => missing(),
    }
}

impl Pages {
    fn serve(&self, way: &Way, is_inside: bool, file: &str) -> Response<Body> {
        let target = self.target(way, is_inside);
        if let Some(codes) = file.strip_prefix("redirect-") {
            return redirect(codes, &target.url());
        }
        if file.is_empty() {
            let mut page = html(target.fill(&way.page));
            for (name, value) in way.headers {
                let value = HeaderValue::from_str(&target.fill(value)).expect("a header");
                page.headers_mut().append(*name, value);
            }
            return page;
        }
        let found = way.files.iter().find(|(name, _)| *name == file);
        found.map_or_else(missing, |(name, content)| typed(media_type(name), target.fill(content)))
    }

    fn target<'a>(&self, way: &'a Way, is_inside: bool) -> Target<'a> {
        let (host, port) = if is_inside { (way.hosts.0, self.inside) } else { (way.hosts.1, self.outside[&way.name]) };
        Target { name: &way.name, host, port }
    }
}

/// A server to reach for.
struct Target<'a> {
    name: &'a str,
    host: &'a str,
    port: u16,
}

impl Target<'_> {
    fn url(&self) -> String {
        format!("http://{}:{}/{}", self.host, self.port, self.name)
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{url}", &self.url()).replace("{host}", self.host);
        text = text.replace("{port}", &self.port.to_string()).replace("{redirect:", "redirect-{");
        for (placeholder, scheme) in [("{secure}", "https"), ("{ws}", "ws"), ("{wss}", "wss")] {
            text = text.replace(placeholder, &self.url().replacen("http", scheme, 1));
        }
        for codes in ["301", "302", "303", "307", "308", "302-301"] {
            text = text.replace(&format!("redirect-{{{codes}}}"), &format!("redirect-{codes}"));
        }
        text.replace("{redirect}", "redirect-302")
    }
}

/// A redirect to a URL; with several codes over redirects of our own.
fn redirect(codes: &str, url: &str) -> Response<Body> {
    let (code, place) = match codes.split_once('-') {
        Some((code, rest)) => (code, format!("redirect-{rest}")),
        None => (codes, url.to_owned()),
    };
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = code.parse().expect("a status");
    let headers = answer.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_bytes(place.as_bytes()).expect("a header"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer
}

fn frames(ways: &[&str]) -> String {
    let frames =
        |side: &str| -> String { ways.iter().map(|way| format!("<iframe src='/{side}/{way}/'></iframe>")).collect() };
    format!("<!doctype html><body>{}{}", frames("inside"), frames("outside"))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("xml") => "text/xml",
        _ => "text/html",
    }
}

fn html(text: String) -> Response<Body> {
    typed("text/html", text)
}

fn typed(media_type: &'static str, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    let media_type = HeaderValue::from_str(&format!("{media_type}; charset=utf-8")).expect("a header");
    answer.headers_mut().insert(header::CONTENT_TYPE, media_type);
    answer
}

fn missing() -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}
