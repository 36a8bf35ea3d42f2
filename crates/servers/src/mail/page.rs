//! The page that shows what was caught. What a message says is shown as text, never as markup.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

use super::{Catch, Message};

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Caught mail</title>\
    <meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"5\">\
    <style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
    article{border-top:1px solid #8888;padding:1rem 0}h2{font-size:1.1rem;margin:0}p{margin:.2rem 0;opacity:.7}\
    pre{white-space:pre-wrap;font:inherit}</style><h1>Caught mail</h1>";

/// Answers browsers and tests, for ever.
pub(super) async fn serve(listener: TcpListener, catch: Arc<Catch>) {
    let routes = Router::new()
        .route("/", get(all))
        .route("/messages", get(all_as_json))
        .route("/messages/{file}", get(whole))
        .with_state(catch);
    if let Err(error) = axum::serve(listener, routes).await {
        tracing::error!(error = %error, "the page of caught mail ended");
    }
}

/// Every message, the latest first.
async fn all(State(catch): State<Arc<Catch>>) -> impl IntoResponse {
    let messages = catch.messages().clone();
    let mut page = HEAD.to_owned();
    if messages.is_empty() {
        page.push_str("<p>Nothing yet.</p>");
    }
    for message in messages.iter().rev() {
        page.push_str(&article(message));
    }
    // Should markup slip through all the same, the browser runs no script of it.
    ([(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")], Html(page))
}

fn article(message: &Message) -> String {
    let mut html = String::new();
    let (subject, text) = (escape(&message.subject), escape(&message.text));
    let (from, to) = (escape(&message.from), escape(&message.to.join(", ")));
    let id = escape(&message.id);
    write!(
        html,
        "<article><h2>{subject}</h2><p>{from} to {to} &middot; <a href=\"/messages/{id}.eml\">source</a></p>\
         <pre>{text}</pre></article>"
    )
    .expect("a string takes all that is written to it");
    html
}

/// Every message, the oldest first.
async fn all_as_json(State(catch): State<Arc<Catch>>) -> impl IntoResponse {
    let messages: Vec<Message> = catch.messages().iter().map(|message| message.as_ref().clone()).collect();
    Json(messages)
}

/// One message as it arrived.
async fn whole(State(catch): State<Arc<Catch>>, Path(file): Path<String>) -> Result<impl IntoResponse, StatusCode> {
    let id = file.strip_suffix(".eml").ok_or(StatusCode::NOT_FOUND)?;
    // Looked up among the messages, so that no name reaches the file system that we did not make.
    let path = catch.messages().iter().find(|message| message.id == id).map(|message| message.file.clone());
    let raw = std::fs::read(path.ok_or(StatusCode::NOT_FOUND)?).map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], raw))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
