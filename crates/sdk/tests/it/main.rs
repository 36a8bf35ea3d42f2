//! The client against a server that answers as it is told.

mod server;

use std::time::Duration;

use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, Error, File, HttpMethod, StreamForm,
    auth::LoginRequest,
    tasks::{CreateTaskRequest, GetTaskRequest, ListTasksRequest, TaskState, UploadOutcome, WatchTaskRequest},
};
use tokio::time::Instant;

use crate::server::{JSON, RETRIES, Server};

const BUSY: &str =
    r#"{"code": 14, "message": "busy", "details": [{"reason": "UNAVAILABLE"}, {"retryDelay": "0.150s"}]}"#;
const AWAY: &str = r#"{"code": 14, "message": "away", "details": [{"retryDelay": "30s"}]}"#;

fn get(task: &str) -> GetTaskRequest {
    GetTaskRequest { task_id: task.to_owned() }
}

#[tokio::test]
async fn a_call_is_made_again_after_the_time_asked_for_with_the_same_request_id() {
    let task = r#"{"taskId": "t", "state": "TASK_STATE_DRAFT", "images": "12", "unheardOf": 1}"#;
    let (server, client) = Server::answering(&[(503, JSON, BUSY), (200, JSON, task)]).await;
    let begun = Instant::now();
    let request = CreateTaskRequest { title: "Pets".into(), ..CreateTaskRequest::default() };
    let task = client.with_token("lm_x").create_task(request).await.expect("a task");
    assert!(begun.elapsed() >= Duration::from_millis(150), "it did not wait: {:?}", begun.elapsed());
    assert_eq!((task.task_id.as_str(), task.state(), task.images), ("t", TaskState::Draft, 12));
    let heard = server.heard();
    assert_eq!((heard[0].line.as_str(), heard[0].token.as_deref()), ("POST /v1/tasks", Some("Bearer lm_x")));
    assert_eq!(heard[0].json()["requestId"].as_str().map(str::len), Some(36));
    assert_eq!(heard[0].body, heard[1].body);
}

#[tokio::test]
async fn a_server_that_asks_for_too_much_patience_is_told_of_at_once() {
    let (server, client) = Server::answering(&[(503, JSON, AWAY)]).await;
    let error = client.get_task(get("t")).await.expect_err("refused");
    assert_eq!((error.http_status(), error.retry_after()), (Some(503), Some(Duration::from_secs(30))));
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn what_can_not_be_repeated_is_made_again_only_where_it_did_nothing() {
    let overloaded = r#"{"code": 8, "message": "too much", "details": [{"reason": "OVERLOADED"}]}"#;
    let session = r#"{"token": "lm_x"}"#;
    let (server, client) = Server::answering(&[(429, JSON, overloaded), (200, JSON, session), (503, JSON, BUSY)]).await;
    assert_eq!(client.sign_in("ann@example.com", "secret").await.expect("a session").token(), Some("lm_x"));
    let error = client.login(LoginRequest::default()).await.expect_err("refused");
    assert_eq!((error.reason(), server.heard().len()), ("UNAVAILABLE", 3));
}

#[tokio::test]
async fn nobody_there_is_tried_often_enough_and_said_to_be_away() {
    let client = Client::builder("http://127.0.0.1:9").retries(RETRIES).build().expect("a client");
    let error = client.get_task(get("t")).await.expect_err("nobody");
    assert!(matches!(error, Error::Unreachable { .. }) && error.is_passing(), "{error}");
}

#[tokio::test]
async fn a_refusal_names_reason_and_fields() {
    let body = r#"{"code": 3, "message": "no", "details": [{"reason": "FIELD_INVALID"},
        {"fieldViolations": [{"field": "title", "description": "must not be empty"}]}]}"#;
    let (_, client) = Server::answering(&[(400, JSON, body)]).await;
    let error = client.create_task(CreateTaskRequest::default()).await.expect_err("refused");
    let refusal = error.refusal().expect("what the server said");
    assert_eq!((refusal.reason.as_str(), refusal.fields[0].field.as_str()), ("FIELD_INVALID", "title"));
    assert_eq!(error.to_string(), "POST /v1/tasks: 400: no [FIELD_INVALID]; title: must not be empty");
}

#[tokio::test]
async fn a_list_goes_through_its_pages() {
    let pages = [r#"{"tasks": [{"taskId": "a"}], "nextPageToken": "x y"}"#, r#"{"tasks": [{"taskId": "b"}]}"#];
    let (server, client) = Server::answering(&pages.map(|page| (200, JSON, page))).await;
    let listed = client.list_tasks_all(ListTasksRequest { page_size: 1, ..ListTasksRequest::default() });
    let tasks: Vec<_> = listed.map_ok(|task| task.task_id).try_collect().await.expect("two pages");
    assert_eq!(tasks, ["a", "b"]);
    let lines: Vec<_> = server.heard().into_iter().map(|heard| heard.line).collect();
    assert_eq!(lines[0], "GET /v1/tasks?pageSize=1");
    assert!(lines[1].contains("pageToken=x+y") || lines[1].contains("pageToken=x%20y"), "{lines:?}");
}

#[tokio::test]
async fn a_stream_is_read_in_either_form() {
    let lines = "{\"version\": \"1\"}\n{\"version\": \"2\"}\n{\"error\": {\"code\": 14, \"message\": \"stopping\"}}\n";
    let events = "id: 1\ndata: {\"version\": \"1\"}\n\n: still here\n\nid: 2\ndata: {\"version\": \"2\"}\n\n\
                  event: error\ndata: {\"code\": 14, \"message\": \"stopping\"}\n\n";
    let (server, client) =
        Server::answering(&[(200, "application/x-ndjson", lines), (200, "text/event-stream", events)]).await;
    let eventful = Client::builder(client.server()).streams(StreamForm::Events).build().expect("a client");
    for client in [&client, &eventful] {
        let mut states = client.watch_task(WatchTaskRequest::default()).await.expect("a stream");
        let mut versions = Vec::new();
        let broke = loop {
            match states.try_next().await {
                Ok(state) => versions.push(state.expect("it breaks off").version),
                Err(error) => break error,
            }
        };
        assert_eq!(versions, [1, 2]);
        assert!(matches!(broke, Error::Broken { .. }) && broke.is_passing(), "{broke}");
    }
    assert!(server.heard()[1].accept.contains("text/event-stream"), "{:?}", server.heard());
}

#[tokio::test]
async fn files_are_sent_until_each_of_them_was_reported() {
    let one = "{\"name\": \"a.png\", \"index\": \"0\", \"outcome\": \"UPLOAD_OUTCOME_ADDED\"}\n\
               {\"error\": {\"code\": 14, \"message\": \"stopping\"}}\n";
    let both = "{\"name\": \"a.png\", \"index\": \"0\", \"outcome\": \"UPLOAD_OUTCOME_PRESENT\"}\n\
                {\"name\": \"\u{e9}.png\", \"index\": \"1\", \"outcome\": \"UPLOAD_OUTCOME_ADDED\"}\n";
    let lines = "application/x-ndjson";
    let (server, client) = Server::answering(&[(200, lines, one), (200, lines, both)]).await;
    let file = |name: &str| File { name: name.into(), media_type: "image/png".into(), data: "bytes".into() };
    let reported = client.upload_files("t", &[file("a.png"), file("\u{e9}.png")]).await.expect("reports");
    let outcomes: Vec<_> = reported.iter().map(|file| file.outcome()).collect();
    assert_eq!(outcomes, [UploadOutcome::Present, UploadOutcome::Added]);
    let heard = server.heard();
    assert_eq!((heard.len(), heard[1].line.as_str()), (2, "POST /v1/tasks/t/images"));
    let body = String::from_utf8_lossy(&heard[1].body);
    assert!(body.contains("filename=\"\u{e9}.png\"\r\ncontent-type: image/png\r\n\r\nbytes\r\n"), "{body}");
}

#[tokio::test]
async fn a_token_goes_to_its_server_alone() {
    let (server, client) = Server::answering(&[(200, "image/png", "here")]).await;
    let (elsewhere, other) = Server::answering(&[(200, "image/png", "there")]).await;
    let operator = client.with_token("lm_x");
    assert_eq!(operator.picture("/v1/subtasks/s/image").await.expect("a picture"), "here");
    assert_eq!(operator.picture(&format!("{}/signed?x=1", other.server())).await.expect("a picture"), "there");
    assert_eq!(server.heard()[0].token.as_deref(), Some("Bearer lm_x"));
    assert_eq!((elsewhere.heard()[0].line.as_str(), &elsewhere.heard()[0].token), ("GET /signed?x=1", &None));
}

#[tokio::test]
async fn any_path_can_be_called() {
    let (server, client) = Server::answering(&[(200, JSON, r#"{"x": 1}"#)]).await;
    let answer = client.json(HttpMethod::POST, "/v2/things", Some(serde_json::json!({"y": 2}))).await;
    assert_eq!(answer.expect("an answer")["x"], 1);
    assert_eq!((server.heard()[0].line.as_str(), &server.heard()[0].json()["y"]), ("POST /v2/things", &2.into()));
}
