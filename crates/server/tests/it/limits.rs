//! Too much, too large, and not there at all.

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_proto::{
    auth::v1::{LoginRequest, LoginResponse},
    tasks::v1::{GetTaskRequest, Task},
};
use labelmesh_server::Limits;
use std::{future::pending, sync::Arc};
use tokio::sync::Notify;
use tonic::{Code, Request, Status, body::Body};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use crate::fake::{Fake, GET_TASK, LOGIN, authorized};

const TASK: &str = "01890000-0000-7000-8000-000000000000";

fn get(fake: &Fake) -> Request<GetTaskRequest> {
    authorized(GetTaskRequest { task_id: TASK.into() }, &fake.user(&[Role::Administrator]))
}

#[tokio::test(start_paused = true)]
async fn what_is_beyond_the_limit_is_refused_at_once_and_places_are_given_back() {
    let entered = Arc::new(Notify::new());
    let told = entered.clone();
    let mut fake = Fake::new().unary(GET_TASK, move |_: Request<GetTaskRequest>| {
        told.notify_one();
        pending::<Result<Task, Status>>()
    });
    fake.limits = Limits { calls: 1, streams: 1 };
    let (mut client, first) = (fake.tasks(), get(&fake));
    let mut other = client.clone();
    let busy = tokio::spawn(async move { client.get_task(first).await });
    entered.notified().await;
    let refused = other.get_task(get(&fake)).await.expect_err("full");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::ResourceExhausted, Some(Reason::Overloaded)));
    assert!(refused.get_details_retry_info().is_some());
    busy.abort();
    let _ = busy.await;
    let late = other.get_task(get(&fake)).await.expect_err("stuck, but let in");
    assert_eq!(late.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_message_larger_than_the_contract_allows_is_refused() {
    let fake = Fake::new().unary(LOGIN, |_: Request<LoginRequest>| async { Ok(LoginResponse::default()) });
    let login = |length| LoginRequest { email: "e".repeat(length), password: "password".into(), ..Default::default() };
    fake.auth().login(login(65_000)).await.expect("below 64 KiB");
    let refused = fake.auth().login(login(65_536)).await.expect_err("above 64 KiB");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::ResourceExhausted, Some(Reason::RequestTooLarge)));
}

#[tokio::test]
async fn a_method_that_nobody_declared_is_unknown_even_where_it_is_served() {
    let path = "/labelmesh.tasks.v1.TaskService/DropEverything";
    let fake = Fake::new().unary(path, |_: Request<GetTaskRequest>| async { Ok(Task::default()) });
    for path in [path, "/labelmesh.tasks.v1.TaskService/", "/", "/favicon.ico"] {
        let mut grpc = tonic::client::Grpc::new(fake.stack());
        let codec = ProstCodec::<GetTaskRequest, Task>::default();
        let answer = grpc.unary(Request::new(GetTaskRequest::default()), path.parse().expect("a path"), codec).await;
        let refused = answer.map(tonic::Response::into_inner).expect_err("unknown");
        assert_eq!((refused.code(), reason_of(&refused)), (Code::Unimplemented, Some(Reason::MethodUnknown)), "{path}");
    }
}

#[tokio::test]
async fn a_status_that_tonic_makes_has_a_reason_too() {
    let fake = Fake::new().unary(LOGIN, |_: Request<LoginRequest>| async { Ok(LoginResponse::default()) });
    let mut request = http::Request::post(LOGIN).body(Body::empty()).expect("a request");
    request.headers_mut().insert("grpc-encoding", "brotli".parse().expect("a value"));
    let mut stack = fake.stack();
    let answer = tower::Service::call(&mut stack, request).await.expect("infallible");
    let status = Status::from_header_map(answer.headers()).expect("a status");
    assert_eq!(reason_of(&status), Some(labelmesh_errors::reason_for_code(status.code())));
    assert_ne!(status.code(), Code::Ok);
}
