//! Every call is counted, and counted as what it was.

use labelmesh_identity::Role;
use labelmesh_proto::tasks::v1::{GetTaskRequest, Task, TaskProgress, WatchTaskRequest};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{future::pending, time::Duration};
use tokio_stream::StreamExt as _;
use tonic::{Request, Status};

use crate::fake::{Fake, GET_TASK, WATCH_TASK, authorized};

const TASK: &str = "01890000-0000-7000-8000-000000000000";

/// Metrics of this thread alone, as long as the first part lives.
fn recorder() -> (metrics::LocalRecorderGuard<'static>, PrometheusHandle) {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    (metrics::set_default_local_recorder(recorder), recorder.handle())
}

fn count(metrics: &PrometheusHandle, method: &str, code: &str) -> u64 {
    let metrics = metrics.render();
    let line = metrics.lines().find(|line| {
        line.starts_with("rpc_server_call_duration_seconds_count")
            && line.contains(&format!("rpc_method=\"labelmesh.tasks.v1.TaskService/{method}\""))
            && line.contains(&format!("rpc_response_status_code=\"{code}\""))
    });
    line.and_then(|line| line.rsplit(' ').next()).map_or(0, |count| count.parse().expect("a number"))
}

fn get(fake: &Fake) -> Request<GetTaskRequest> {
    authorized(GetTaskRequest { task_id: TASK.into() }, &fake.user(&[Role::Administrator]))
}

fn watch(fake: &Fake) -> Request<WatchTaskRequest> {
    authorized(WatchTaskRequest { task_id: TASK.into(), ..Default::default() }, &fake.user(&[Role::Administrator]))
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_method_and_status() {
    let (_guard, metrics) = recorder();
    let fake = Fake::new().unary(GET_TASK, |_: Request<GetTaskRequest>| async { Ok(Task::default()) });
    fake.tasks().get_task(get(&fake)).await.expect("answered");
    fake.tasks().get_task(GetTaskRequest::default()).await.expect_err("not signed in");
    assert_eq!(count(&metrics, "GetTask", "OK"), 1);
    assert_eq!(count(&metrics, "GetTask", "UNAUTHENTICATED"), 1);
    assert!(metrics.render().contains("error_type=\"NOT_SIGNED_IN\""));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_its_caller_gives_up_is_cancelled_and_not_ok() {
    let (_guard, metrics) = recorder();
    let fake = Fake::new().unary(GET_TASK, |_: Request<GetTaskRequest>| pending::<Result<Task, Status>>());
    let given_up = tokio::time::timeout(Duration::from_secs(1), fake.tasks().get_task(get(&fake))).await;
    given_up.expect_err("given up");
    assert_eq!(count(&metrics, "GetTask", "CANCELLED"), 1);
    assert!(
        metrics.render().lines().any(|line| line.starts_with("rpc_server_active_requests") && line.ends_with(" 0"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_counted_when_it_ends_and_as_it_ends() {
    let (_guard, metrics) = recorder();
    let fake = Fake::new().streaming(WATCH_TASK, |_: Request<WatchTaskRequest>| {
        tokio_stream::iter([Ok(TaskProgress::default()), Err(Status::not_found("gone"))])
    });
    let mut stream = fake.tasks().watch_task(watch(&fake)).await.expect("begun").into_inner();
    stream.message().await.expect("the first");
    assert_eq!(count(&metrics, "WatchTask", "OK") + count(&metrics, "WatchTask", "NOT_FOUND"), 0);
    stream.message().await.expect_err("the end");
    assert_eq!(count(&metrics, "WatchTask", "NOT_FOUND"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_its_caller_leaves_is_cancelled() {
    let (_guard, metrics) = recorder();
    let fake = Fake::new().streaming(WATCH_TASK, |_: Request<WatchTaskRequest>| {
        tokio_stream::iter([Ok(TaskProgress::default())]).chain(tokio_stream::pending())
    });
    let mut stream = fake.tasks().watch_task(watch(&fake)).await.expect("begun").into_inner();
    stream.message().await.expect("the first");
    drop(stream);
    assert_eq!(count(&metrics, "WatchTask", "CANCELLED"), 1);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let fake = Fake::new().unary(GET_TASK, |request: Request<GetTaskRequest>| async move {
        let id = request.metadata().get("x-request-id").expect("an id");
        Ok(Task { title: id.to_str().expect("ASCII").into(), ..Task::default() })
    });
    let mut request = get(&fake);
    request.metadata_mut().insert("x-request-id", "mine-1".parse().expect("a value"));
    let answer = fake.tasks().get_task(request).await.expect("answered");
    assert_eq!(answer.metadata().get("x-request-id").expect("an id"), "mine-1");
    assert_eq!(answer.get_ref().title, "mine-1");
    let made_up = fake.tasks().get_task(get(&fake)).await.expect("answered");
    assert_eq!(made_up.metadata().get("x-request-id").expect("an id").len(), 32);
}
