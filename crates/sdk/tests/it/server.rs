//! A server of a few lines that answers calls one after the other as a test says.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{Response, StatusCode, header},
};
use labelmesh_sdk::{Client, Retries};
use serde_json::Value;
use tokio::net::TcpListener;

/// A call as the server heard it.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) token: Option<String>,
    pub(crate) accept: String,
    pub(crate) body: Bytes,
}

impl Heard {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// An answer: status, media type and body.
pub(crate) type Answer = (u16, &'static str, &'static str);

pub(crate) const JSON: &str = "application/json";

#[derive(Debug, Default)]
struct Play {
    answers: Vec<Answer>,
    heard: Vec<Heard>,
}

/// A server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Server(Arc<Mutex<Play>>);

impl Server {
    /// A server that gives these answers, and a client of it that does not wait long.
    pub(crate) async fn answering(answers: &[Answer]) -> (Self, Client) {
        let server = Self::default();
        server.0.lock().expect("nobody panics").answers = answers.iter().rev().copied().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::builder(&format!("http://{address}")).retries(RETRIES).build().expect("a client");
        (server, client)
    }

    /// What was heard so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.0.lock().expect("nobody panics").heard.clone()
    }
}

/// Short waits.
pub(crate) const RETRIES: Retries = Retries {
    tries: 3,
    first_wait: std::time::Duration::from_millis(1),
    longest_wait: std::time::Duration::from_millis(200),
};

async fn answer(State(server): State<Server>, request: Request) -> Response<axum::body::Body> {
    let (head, body) = request.into_parts();
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let heard = Heard {
        line: format!("{} {}", head.method, head.uri),
        token: text(header::AUTHORIZATION),
        accept: text(header::ACCEPT).unwrap_or_default(),
        body: to_bytes(body, 1 << 20).await.expect("a body"),
    };
    let mut play = server.0.lock().expect("nobody panics");
    play.heard.push(heard);
    let (status, kind, body) = play.answers.pop().unwrap_or((500, JSON, "{}"));
    let response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    response.header(header::CONTENT_TYPE, kind).body(body.into()).expect("an answer")
}
