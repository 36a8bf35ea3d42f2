//! Streams of messages, and of bytes.

use futures::TryFutureExt as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    gateway::TestGateway,
    services::{BROKEN, QUIET, SIZED, TASK, TOKEN},
};

/// The lines of an answer, each a JSON object.
fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[tokio::test]
async fn a_stream_is_one_object_a_line() {
    let gateway = TestGateway::start().await;
    let answer = gateway.get(&format!("/v1/tasks/{TASK}:watch?after_version=1")).await;
    assert_eq!(
        (answer.status(), &answer.headers()["content-type"]),
        (StatusCode::OK, &"application/x-ndjson; charset=utf-8".parse().unwrap())
    );
    let versions: Vec<_> =
        lines(&answer.text().await.expect("text")).iter().map(|line| line["version"].clone()).collect();
    assert_eq!(versions, [json!("2"), json!("3")]);
}

#[tokio::test]
async fn a_stream_is_events_for_who_asks_for_them_and_resumes_after_the_last_one() {
    let gateway = TestGateway::start().await;
    let watch = |last: Option<&'static str>| {
        let request = gateway.request(Method::GET, &format!("/v1/tasks/{TASK}:watch?after_version=0"));
        let request = request.header("accept", "text/event-stream");
        match last {
            Some(last) => request.header("last-event-id", last).send(),
            None => request.send(),
        }
    };
    let answer = watch(None).await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let text = answer.text().await.expect("text");
    assert!(text.starts_with("id: 1\ndata: {") && text.ends_with("}\n\n"), "{text}");
    assert_eq!(text.matches("data: ").count(), 3);
    let text = watch(Some("2")).await.expect("an answer").text().await.expect("text");
    assert!(text.starts_with("id: 3\n") && text.matches("data: ").count() == 1, "{text}");
    assert_eq!(watch(Some("x")).await.expect("an answer").status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_stream_that_is_refused_is_an_error_and_one_that_breaks_says_why_at_its_end() {
    let gateway = TestGateway::start().await;
    let refused = gateway.get("/v1/tasks/01890000-0000-7000-8000-0000000000ff:watch").await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    // One that breaks before its first message was opened, but is refused as a whole.
    let refused = gateway.get(&format!("/v1/tasks/{BROKEN}:watch?after_version=3")).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let error: Json = refused.json().await.expect("JSON");
    assert_eq!((&error["code"], &error["message"]), (&json!(14), &json!("broken")));
    let broken = gateway.get(&format!("/v1/tasks/{BROKEN}:watch")).await;
    assert_eq!(broken.status(), StatusCode::OK);
    let lines = lines(&broken.text().await.expect("text"));
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[3]["error"]["code"], &lines[3]["error"]["message"]), (&json!(14), &json!("broken")));
    let events =
        gateway.request(Method::GET, &format!("/v1/tasks/{BROKEN}:watch")).header("accept", "text/event-stream");
    let text = events.send().await.expect("an answer").text().await.expect("text");
    assert!(text.contains("\n\nevent: error\ndata: {\"code\":14,"), "{text}");
}

#[tokio::test]
async fn a_stream_that_has_nothing_to_say_yet_has_begun() {
    let gateway = TestGateway::start().await;
    let mut answer = gateway.get(&format!("/v1/tasks/{QUIET}:watch?after_version=3")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    gateway.stop();
    let last = answer.chunk().await.expect("a chunk").expect("an error");
    assert_eq!(lines(std::str::from_utf8(&last).expect("text"))[0]["error"]["code"], 14);
}

#[tokio::test]
async fn bytes_are_bytes_with_their_media_type_and_a_name_to_save_them_by() {
    let gateway = TestGateway::start().await;
    let export = gateway.get(&format!("/v1/tasks/{TASK}/export")).await;
    assert_eq!(export.headers()["content-type"], "text/csv");
    assert_eq!(export.headers()["content-disposition"], format!("attachment; filename=\"export-{TASK}.csv\""));
    assert_eq!(export.text().await.expect("text"), "name,label\na,cat\n");
    let lines = gateway.get(&format!("/v1/tasks/{TASK}/export?format=json_lines")).await;
    assert_eq!(lines.headers()["content-type"], "application/jsonl");
    // Whether the client sees the head of the answer or not depends on how soon it breaks off.
    let broken = gateway.request(Method::GET, &format!("/v1/tasks/{BROKEN}/export")).send();
    let whole = broken.and_then(reqwest::Response::text).await;
    whole.expect_err("an answer that breaks off is not taken for a whole one");
}

#[tokio::test]
async fn a_body_whose_length_is_known_says_so_and_is_given_in_parts() {
    let gateway = TestGateway::start().await;
    let target = format!("/v1/tasks/{SIZED}/export");
    let whole = gateway.get(&target).await;
    assert_eq!(
        (&whole.headers()["content-length"], &whole.headers()["accept-ranges"]),
        (&"17".parse().unwrap(), &"bytes".parse().unwrap())
    );
    assert_eq!(whole.text().await.expect("text"), "name,label\na,cat\n");
    let part = gateway.request(Method::GET, &target).header("range", "bytes=11-12").send().await.expect("an answer");
    assert_eq!(
        (part.status(), &part.headers()["content-range"]),
        (StatusCode::PARTIAL_CONTENT, &"bytes 11-12/17".parse().unwrap())
    );
    assert_eq!(part.text().await.expect("text"), "a,");
    let none = gateway.request(Method::GET, &target).header("range", "bytes=17-").send().await.expect("an answer");
    assert_eq!(
        (none.status(), &none.headers()["content-range"]),
        (StatusCode::RANGE_NOT_SATISFIABLE, &"bytes */17".parse().unwrap())
    );
}

#[tokio::test]
async fn over_http_1_0_nothing_is_answered_whose_end_looks_like_a_break() {
    let gateway = TestGateway::start().await;
    for (target, status) in [
        (format!("/v1/tasks/{TASK}"), "HTTP/1.0 200"),
        (format!("/v1/tasks/{SIZED}/export"), "HTTP/1.0 200"),
        (format!("/v1/tasks/{TASK}/export"), "HTTP/1.0 505"),
        (format!("/v1/tasks/{TASK}:watch"), "HTTP/1.0 505"),
    ] {
        let mut connection = TcpStream::connect(gateway.address()).await.expect("a connection");
        let request = format!("GET {target} HTTP/1.0\r\nauthorization: Bearer {TOKEN}\r\n\r\n");
        connection.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with(status) && answer.contains("content-length: "), "{target}: {answer}");
    }
}

#[tokio::test]
async fn who_offers_to_change_to_http_2_is_answered_in_the_version_that_was_asked_in() {
    let gateway = TestGateway::start().await;
    let body = r#"{"title":"Pets","labels":["cat","dog"],"policy":{"redundancy":3}}"#;
    let request = format!(
        "POST /v1/tasks HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n\
         http2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(gateway.address()).await.expect("a connection");
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = [0; 15];
    connection.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn whoever_has_seen_all_events_is_told_not_to_come_again() {
    let gateway = TestGateway::start().await;
    let events = |seen: &'static str| {
        let request = gateway.request(Method::GET, &format!("/v1/tasks/{TASK}:watch"));
        request.header("accept", "Text/Event-Stream; charset=utf-8").header("last-event-id", seen).send()
    };
    let rest = events("2").await.expect("an answer");
    assert_eq!(
        (rest.status(), rest.headers()["content-type"].to_str().unwrap()),
        (StatusCode::OK, "text/event-stream")
    );
    let over = events("3").await.expect("an answer");
    assert_eq!((over.status(), over.bytes().await.expect("a body").len()), (StatusCode::NO_CONTENT, 0));
    // A line for each message: no line is an answer.
    assert_eq!(gateway.get(&format!("/v1/tasks/{TASK}:watch?after_version=3")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn streams_end_when_the_gateway_stops() {
    let gateway = TestGateway::start().await;
    let mut answer = gateway.get(&format!("/v1/tasks/{QUIET}:watch")).await;
    let first = answer.chunk().await.expect("a chunk").expect("a state");
    assert_eq!(lines(std::str::from_utf8(&first).expect("text"))[0]["version"], "1");
    gateway.stop();
    let last = answer.chunk().await.expect("a chunk").expect("an error");
    let error = &lines(std::str::from_utf8(&last).expect("text"))[0]["error"];
    assert_eq!(error["code"], 14);
    assert!(answer.chunk().await.expect("an end").is_none());
}
