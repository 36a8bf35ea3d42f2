//! gRPC through the gateway, as any client would speak it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use labelmesh_proto::{
    auth::v1::{IntrospectRequest, LoginRequest, auth_service_client::AuthServiceClient},
    tasks::v1::{task_service_client::TaskServiceClient, *},
    r#type::v1::Part,
};
use prost::Message as _;
use reqwest::Method;
use tonic::{Code, Request, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::{
    gateway::TestGateway,
    services::{QUIET, TASK, TOKEN},
};

async fn channel(gateway: &TestGateway) -> Channel {
    let endpoint = Channel::from_shared(gateway.url("")).expect("a URI");
    endpoint.connect().await.expect("a connection")
}

fn signed_in<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {TOKEN}").parse().expect("a header"));
    request
}

#[tokio::test]
async fn calls_of_every_shape_pass() {
    let gateway = TestGateway::start().await;
    let mut tasks = TaskServiceClient::new(channel(&gateway).await);
    let mut request = signed_in(GetTaskRequest { task_id: TASK.to_owned() });
    request.metadata_mut().insert("x-labelmesh-canary", "1".parse().expect("a header"));
    let task = tasks.get_task(request).await.expect("a task");
    assert_eq!(task.into_inner().images, 1 << 40);
    assert_eq!(gateway.services().last_headers()["authorization"], "Bearer internal-tasks");
    assert_eq!(gateway.services().last_headers()["x-labelmesh-canary"], "1");
    let watch = WatchTaskRequest { task_id: TASK.to_owned(), after_version: 0 };
    let states = tasks.watch_task(signed_in(watch)).await.expect("a stream").into_inner();
    let versions: Vec<_> = states.map(|state| state.expect("a state").version).collect().await;
    assert_eq!(versions, [1, 2, 3]);
    let piece = |name: &str| UploadImagesRequest {
        task_id: TASK.to_owned(),
        part: Some(Part { name: name.to_owned(), data: vec![1].into(), last: true, ..Part::default() }),
        ..Default::default()
    };
    let results =
        tasks.upload_images(signed_in(stream::iter([piece("a"), piece("b")]))).await.expect("a stream").into_inner();
    let names: Vec<_> = results.map(|result| result.expect("a result").name).collect().await;
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn a_request_id_is_filled_in_where_there_is_none() {
    let gateway = TestGateway::start().await;
    let mut tasks = TaskServiceClient::new(channel(&gateway).await);
    let request = CreateTaskRequest {
        title: "digits".to_owned(),
        labels: vec!["0".to_owned(), "1".to_owned()],
        policy: Some(Policy { redundancy: 3, max_votes: 0, confidence: 0.0, ..Policy::default() }),
        ..CreateTaskRequest::default()
    };
    let task = tasks.create_task(signed_in(request.clone())).await.expect("a task").into_inner();
    assert_eq!((task.title.as_str(), task.labels.len()), ("digits", 2));
    let own = "01890000-0000-7000-8000-00000000000a".to_owned();
    tasks.create_task(signed_in(CreateTaskRequest { request_id: own.clone(), ..request })).await.expect("a task");
    let ids = gateway.services().request_ids();
    assert_eq!((ids[0].len(), &ids[1]), (36, &own));
}

#[tokio::test]
async fn refusals_are_statuses() {
    let gateway = TestGateway::start().await;
    let mut tasks = TaskServiceClient::new(channel(&gateway).await);
    let missing = signed_in(GetTaskRequest { task_id: "01890000-0000-7000-8000-0000000000ff".to_owned() });
    assert_eq!(tasks.get_task(missing).await.expect_err("no such task").code(), Code::NotFound);
    let mut stranger = Request::new(GetTaskRequest { task_id: TASK.to_owned() });
    stranger.metadata_mut().insert("authorization", "Bearer unknown".parse().expect("a header"));
    assert_eq!(tasks.get_task(stranger).await.expect_err("nobody").code(), Code::Unauthenticated);
    let mut auth = AuthServiceClient::new(channel(&gateway).await);
    // What has no route is not for the outside, whoever asks.
    let hidden = auth.introspect(signed_in(IntrospectRequest { token: TOKEN.to_owned(), by_service: false })).await;
    assert_eq!(hidden.expect_err("hidden").code(), Code::Unimplemented);
    let login =
        LoginRequest { email: "a@b.example".to_owned(), password: "correct horse".to_owned(), ..Default::default() };
    assert_eq!(auth.login(login).await.expect("public").into_inner().token, TOKEN);
}

#[tokio::test]
async fn streams_end_when_the_gateway_stops() {
    let gateway = TestGateway::start().await;
    let mut tasks = TaskServiceClient::new(channel(&gateway).await);
    let watch = WatchTaskRequest { task_id: QUIET.to_owned(), after_version: 0 };
    let mut states = tasks.watch_task(signed_in(watch)).await.expect("a stream").into_inner();
    states.message().await.expect("a state");
    gateway.stop();
    assert_eq!(states.message().await.expect_err("stopping").code(), Code::Unavailable);
}

#[tokio::test]
async fn grpc_web_is_taken_too() {
    let gateway = TestGateway::start().await;
    let message = GetTaskRequest { task_id: TASK.to_owned() }.encode_to_vec();
    let mut body = vec![0, 0, 0, 0, u8::try_from(message.len()).expect("short")];
    body.extend(message);
    let request = gateway.request(Method::POST, "/labelmesh.tasks.v1.TaskService/GetTask");
    let request = request.header("content-type", "application/grpc-web+proto").body(body);
    let answer: Bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
    let length = u32::from_be_bytes(answer[1..5].try_into().expect("four bytes")) as usize;
    assert_eq!(Task::decode(&answer[5..5 + length]).expect("a task").task_id, TASK);
    assert_eq!(answer[5 + length], 0x80, "trailers follow as a frame of their own");
    assert!(String::from_utf8_lossy(&answer[5 + length..]).contains("grpc-status:0"));
}

#[tokio::test]
async fn grpc_web_is_taken_as_text_in_pieces_and_its_media_types_in_any_case() {
    let gateway = TestGateway::start().await;
    let message = GetTaskRequest { task_id: TASK.to_owned() }.encode_to_vec();
    let prefix = [0, 0, 0, 0, u8::try_from(message.len()).expect("short")];
    // Each piece has a padding of its own.
    let text = format!("{}{}", STANDARD.encode(prefix), STANDARD.encode(&message));
    for (content_type, accept, answers_text) in [
        ("application/grpc-web-text", None, true),
        ("Application/gRPC-Web-Text+Proto", Some("application/grpc-web-text+proto"), true),
        ("application/grpc-web-text; charset=utf-8", Some("*/*"), true),
        ("application/grpc-web-text", Some("application/grpc-web+proto"), false),
    ] {
        let mut request = gateway.request(Method::POST, "/labelmesh.tasks.v1.TaskService/GetTask");
        request = request.header("content-type", content_type).body(text.clone());
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer: Bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
        let answer = if answers_text { web_text(&answer) } else { answer.to_vec() };
        let length = u32::from_be_bytes(answer[1..5].try_into().expect("four bytes")) as usize;
        assert_eq!(Task::decode(&answer[5..5 + length]).expect("a task").task_id, TASK, "{content_type} {accept:?}");
    }
    let broken = gateway.request(Method::POST, "/labelmesh.tasks.v1.TaskService/GetTask");
    let broken = broken.header("content-type", "application/grpc-web-text").body("not base64").send().await;
    assert_ne!(broken.expect("an answer").headers()["grpc-status"], "0");
}

/// The bytes of a text whose pieces are padded.
fn web_text(text: &[u8]) -> Vec<u8> {
    text.split_inclusive(|&byte| byte == b'=')
        .fold(Vec::<Vec<u8>>::new(), |mut pieces, piece| {
            match pieces.last_mut() {
                Some(last) if last.len() % 4 != 0 => last.extend(piece),
                _ => pieces.push(piece.to_vec()),
            }
            pieces
        })
        .iter()
        .flat_map(|piece| STANDARD.decode(piece).expect("base64"))
        .collect()
}

#[tokio::test]
async fn the_gateway_tells_of_its_health_and_its_contract() {
    let gateway = TestGateway::start().await;
    let mut health = HealthClient::new(channel(&gateway).await);
    let status = health.check(HealthCheckRequest::default()).await.expect("an answer").into_inner().status();
    assert!(matches!(status, ServingStatus::Serving | ServingStatus::NotServing));
    let mut reflection = ServerReflectionClient::new(channel(&gateway).await);
    let ask = ServerReflectionRequest {
        message_request: Some(MessageRequest::FileContainingSymbol("labelmesh.tasks.v1.TaskService".to_owned())),
        ..ServerReflectionRequest::default()
    };
    let mut answers = reflection.server_reflection_info(stream::iter([ask])).await.expect("a stream").into_inner();
    let answer = answers.message().await.expect("an answer").expect("an answer").message_response;
    assert!(
        matches!(answer, Some(MessageResponse::FileDescriptorResponse(files)) if !files.file_descriptor_proto.is_empty())
    );
}
