//! A service that runs.

use std::net::Ipv4Addr;

use labelmesh_identity::Role;
use labelmesh_proto::tasks::v1::task_service_client::TaskServiceClient;
use labelmesh_servers::free_port;
use tokio::sync::watch;
use tonic::{Code, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_reflection::pb::{v1, v1alpha};

use crate::fake::{Mesh, get, handlers, page, peer};

async fn channel(address: std::net::SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}")).expect("a URI").connect().await.expect("connected")
}

#[tokio::test]
async fn users_are_known_by_the_keys_that_auth_publishes() {
    let mesh = Mesh::start().await;
    let tasks = mesh.tasks().serve(handlers()).await.expect("started");
    let task = mesh.client(&tasks, &[Role::Client]).get_task(get()).await.expect("allowed").into_inner();
    assert!(task.title.starts_with("user:"), "{}", task.title);
    let refused = mesh.client(&tasks, &[]).get_task(get()).await.expect_err("no role");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let stranger = TaskServiceClient::new(peer(tasks.grpc_addr()).plain()).get_task(get()).await;
    assert_eq!(stranger.expect_err("no token").code(), Code::Unauthenticated);
}

#[tokio::test]
async fn readiness_and_health_tell_the_truth() {
    let mesh = Mesh::start().await;
    let (broker, well) = watch::channel(false);
    let mut service = mesh.tasks();
    service.ready_when("broker", &well, |well| async move {
        anyhow::ensure!(*well.borrow(), "it is down");
        Ok(())
    });
    let tasks = service.serve(handlers()).await.expect("started");
    let mut health = HealthClient::new(channel(tasks.grpc_addr()).await);
    let request = HealthCheckRequest { service: "labelmesh.tasks.v1.TaskService".into() };
    let mut statuses = health.watch(request).await.expect("without a token").into_inner();
    let mut until = async |wanted: ServingStatus| {
        while statuses.message().await.expect("going on").expect("a status").status() != wanted {}
    };
    until(ServingStatus::NotServing).await;
    let (status, body) = page(&tasks, "/readyz").await;
    assert_eq!(status, 503, "{body}");
    assert_eq!(page(&tasks, "/livez").await.0, 200);
    broker.send_replace(true);
    until(ServingStatus::Serving).await;
    assert_eq!(page(&tasks, "/readyz").await, (200, r#"{"faults":{},"ready":true}"#.to_owned()));
    let whole = HealthCheckRequest { service: String::new() };
    let whole = health.check(whole).await.expect("known").into_inner();
    assert_eq!(whole.status(), ServingStatus::Serving);
    broker.send_replace(false);
    until(ServingStatus::NotServing).await;
    assert!(page(&tasks, "/readyz").await.1.contains("it is down"));
}

#[tokio::test]
async fn reflection_lists_what_is_served_in_both_versions() {
    let mesh = Mesh::start().await;
    let tasks = mesh.tasks().serve(handlers()).await.expect("started");
    let channel = channel(tasks.grpc_addr()).await;
    let expected = ["grpc.health.v1.Health", "labelmesh.tasks.v1.TaskService"];

    let ask = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(String::new())),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.expect("answered").into_inner();
    let answer = answers.message().await.expect("answered").expect("an answer").message_response;
    let Some(v1::server_reflection_response::MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    assert!(expected.iter().all(|name| names.contains(name)), "{names:?}");
    assert!(!names.contains(&"labelmesh.users.v1.UserService"), "{names:?}");

    let ask = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
            "labelmesh.tasks.v1.TaskService".into(),
        )),
    };
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.expect("answered").into_inner();
    let answer = answers.message().await.expect("answered").expect("an answer").message_response;
    assert!(matches!(answer, Some(v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_))));
}

#[tokio::test]
async fn metrics_count_the_calls() {
    let mesh = Mesh::start().await;
    let tasks = mesh.tasks().serve(handlers()).await.expect("started");
    mesh.client(&tasks, &[Role::Client]).get_task(get()).await.expect("allowed");
    let (status, metrics) = page(&tasks, "/metrics").await;
    assert_eq!(status, 200);
    let counted = metrics.lines().any(|line| {
        line.starts_with("rpc_server_call_duration_seconds_bucket")
            && line.contains(r#"rpc_method="labelmesh.tasks.v1.TaskService/GetTask""#)
            && line.contains(r#"rpc_response_status_code="OK""#)
    });
    assert!(counted, "{metrics}");
}

#[tokio::test]
async fn a_service_without_its_peers_starts_and_says_that_it_can_not_tell() {
    let mesh = Mesh::start().await;
    let nobody = (Ipv4Addr::LOCALHOST, free_port().expect("a port")).into();
    let tasks = mesh.tasks_with(nobody).serve(handlers()).await.expect("started");
    let refused = mesh.client(&tasks, &[Role::Client]).get_task(get()).await.expect_err("nobody can verify the token");
    assert_eq!(refused.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_service_that_knows_the_keys_goes_on_without_auth() {
    let mesh = Mesh::start().await;
    let tasks = mesh.tasks().serve(handlers()).await.expect("started");
    let mut client = mesh.client(&tasks, &[Role::Client]);
    client.get_task(get()).await.expect("allowed");
    mesh.auth.shutdown().await.expect("stopped");
    client.get_task(get()).await.expect("allowed still");
    drop(tasks);
}
