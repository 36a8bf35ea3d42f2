//! Files on their way in.

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use reqwest::{
    Body, Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    gateway::TestGateway,
    services::{BROKEN, FULL, TASK, TOKEN},
};

fn file(name: &str, size: usize) -> Part {
    Part::bytes(vec![7; size]).file_name(name.to_owned()).mime_str("image/png").expect("a media type")
}

fn images(task: &str) -> String {
    format!("/v1/tasks/{task}/images")
}

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// An upload whose body says what it likes.
async fn multipart(gateway: &TestGateway, body: impl Into<Body>) -> reqwest::Response {
    let request =
        gateway.request(Method::POST, &images(TASK)).header("content-type", "multipart/form-data; boundary=XX");
    request.body(body).send().await.expect("an answer")
}

#[tokio::test]
async fn each_file_of_an_upload_is_reported_by_name() {
    let gateway = TestGateway::start().await;
    let form = Form::new()
        .part("a", file("one.png", 10))
        .part("a", file("two ü.png", 0))
        .part("b", file("three.png", 3_000_000));
    let answer = gateway.request(Method::POST, &images(TASK)).multipart(form).send().await.expect("an answer");
    assert_eq!(
        (answer.status(), &answer.headers()["content-type"]),
        (StatusCode::OK, &"application/x-ndjson; charset=utf-8".parse().unwrap())
    );
    let lines = lines(&answer.text().await.expect("text"));
    let told: Vec<_> =
        lines.iter().map(|line| (line["name"].as_str().unwrap(), line["imageId"].as_str().unwrap())).collect();
    assert_eq!(told, [("one.png", "image/png:10"), ("two ü.png", "image/png:0"), ("three.png", "image/png:3000000")]);
    assert_eq!((&lines[2]["index"], &lines[2]["outcome"]), (&json!("2"), &json!("UPLOAD_OUTCOME_ADDED")));
    assert_eq!(gateway.services().last_headers()["authorization"], "Bearer internal-tasks");
}

#[tokio::test]
async fn one_file_may_come_as_it_is_with_its_name_in_the_query() {
    let gateway = TestGateway::start().await;
    let request = gateway.request(Method::POST, &format!("{}?name=a%20b.png", images(TASK)));
    let answer = request.header("content-type", "image/png").body(vec![1; 100_000]).send().await.expect("an answer");
    let lines = lines(&answer.text().await.expect("text"));
    assert_eq!(
        (lines.len(), &lines[0]["name"], &lines[0]["imageId"]),
        (1, &json!("a b.png"), &json!("image/png:100000"))
    );
}

#[tokio::test]
async fn results_come_while_files_are_still_sent() {
    let gateway = TestGateway::start().await;
    let (more, rest) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let part =
        |name: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n.\r\n");
    more.send(Ok(part("first").into())).await.expect("open");
    let sending = tokio::spawn({
        let more = more.clone();
        // The second part's boundary is what ends the first.
        async move { more.send(Ok("--XX\r\n".into())).await }
    });
    let mut answer = multipart(&gateway, Body::wrap_stream(tokio_stream::wrappers::ReceiverStream::new(rest))).await;
    let first = answer.chunk().await.expect("a chunk").expect("a result");
    assert_eq!(lines(std::str::from_utf8(&first).expect("text"))[0]["name"], "first");
    sending.await.expect("no panic").expect("open");
    more.send(Ok("Content-Disposition: form-data; filename=\"second\"\r\n\r\n.\r\n--XX--\r\n".into()))
        .await
        .expect("open");
    drop(more);
    let second = answer.chunk().await.expect("a chunk").expect("a result");
    assert_eq!(lines(std::str::from_utf8(&second).expect("text"))[0]["name"], "second");
    assert!(answer.chunk().await.expect("an end").is_none());
}

#[tokio::test]
async fn a_client_may_send_everything_before_it_reads_anything() {
    const FILES: usize = 20_000;
    let gateway = TestGateway::start().await;
    let mut body = Vec::new();
    for index in 0..FILES {
        let name = format!("a rather long name of a file, so that the results fill every buffer on their way {index}");
        body.extend(format!("--XX\r\nContent-Disposition: form-data; filename=\"{name}\"\r\n\r\nx\r\n").bytes());
    }
    body.extend(b"--XX--\r\n");
    let mut socket = TcpStream::connect(gateway.address()).await.expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=XX\r\ncontent-length: {}\r\n\r\n",
        images(TASK),
        body.len()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(&body).await.expect("sent");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert_eq!(answer.matches("UPLOAD_OUTCOME_ADDED").count(), FILES);
    assert!(!answer.contains("\"code\""));
}

#[tokio::test]
async fn what_is_not_an_upload_is_said_so() {
    let gateway = TestGateway::start().await;
    let post = |content_type: &'static str, body: &'static str| {
        gateway.request(Method::POST, &images(TASK)).header("content-type", content_type).body(body).send()
    };
    for content_type in ["application/json", "multipart/form-data", "multipart/mixed; boundary=x", "image/png"] {
        let answer = post(content_type, "{}").await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let no_name = "--XX\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n--XX--\r\n";
    for (body, message) in [
        ("", "the multipart body is malformed"),
        ("--XX--\r\n", "there is no file in the upload"),
        ("nonsense", "the multipart body is malformed"),
        (no_name, "there is no file in the upload"),
        ("--XX\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\ncut sho", "the multipart body is malformed"),
    ] {
        let answer = multipart(&gateway, body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body:?}");
        let error: Json = answer.json().await.expect("JSON");
        assert!(error["message"].as_str().unwrap().starts_with(message), "{body:?}: {error}");
    }
    let endless = multipart(&gateway, format!("--XX\r\nx-header: {}", "y".repeat(2 << 20))).await;
    let error: Json = endless.json().await.expect("JSON");
    assert_eq!(error["message"], "too much that belongs to no file");
}

#[tokio::test]
async fn what_breaks_after_the_first_files_is_said_at_the_end() {
    let gateway = TestGateway::start().await;
    let body = "--XX\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n.\r\n--XX\r\n\
                Content-Disposition: form-data; filename=\"b\"\r\n\r\ncut sho";
    let answer = multipart(&gateway, body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let lines = lines(&answer.text().await.expect("text"));
    assert_eq!((lines.len(), &lines[0]["name"]), (2, &json!("a")));
    assert_eq!(lines[1]["error"]["code"], 3);
}

#[tokio::test]
async fn an_upload_that_is_refused_before_its_first_result_is_an_error() {
    let gateway = TestGateway::start().await;
    let form = Form::new().part("a", file("votes.csv", 10));
    let refused = gateway.request(Method::POST, &images(BROKEN)).multipart(form).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let error: Json = refused.json().await.expect("JSON");
    assert_eq!(error["message"], "header: must name the column label");
}

#[tokio::test]
async fn an_upload_that_is_refused_or_ended_is_not_read_to_its_end() {
    let gateway = TestGateway::start().await;
    for (task, status) in
        [("01890000-0000-7000-8000-0000000000ff", StatusCode::NOT_FOUND), (FULL, StatusCode::BAD_REQUEST)]
    {
        let head = "--XX\r\nContent-Disposition: form-data; filename=\"endless\"\r\n\r\n";
        let endless =
            stream::once(async move { Bytes::from(head) }).chain(stream::repeat(Bytes::from(vec![0; 65_536])));
        let request =
            gateway.request(Method::POST, &images(task)).header("content-type", "multipart/form-data; boundary=XX");
        let request = request.body(Body::wrap_stream(endless.map(Ok::<_, std::io::Error>)));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status);
        let text = answer.text().await.expect("text");
        assert!(text.contains("\"code\":5") || text.contains("TASK_FULL"), "{text}");
    }
}

#[tokio::test]
async fn an_upload_whose_client_goes_away_ends_at_the_service() {
    let gateway = TestGateway::start().await;
    let mut socket = TcpStream::connect(gateway.address()).await.expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 1000000\r\n\
         content-type: multipart/form-data; boundary=XX\r\n\r\n--XX\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n",
        images(TASK),
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(&[0; 200_000]).await.expect("sent");
    gateway.services().pieces(1).await;
    drop(socket);
    gateway.services().upload_ended().await;
}
