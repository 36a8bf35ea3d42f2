//! Who calls, and what that allows.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::{CLIENT_ADDRESS, CLIENT_AGENT, Principal, Reach, Role};
use labelmesh_proto::{
    auth::v1::{IntrospectRequest, IntrospectResponse, LoginRequest, LoginResponse},
    tasks::v1::{GetTaskRequest, Task},
};
use labelmesh_server::{Caller, caller};
use tonic::{Code, Request};

use crate::fake::{Fake, GET_TASK, INTROSPECT, LOGIN, authorized, user_id};

type Seen = Arc<Mutex<Vec<Caller>>>;

/// Handlers that remember who called them.
fn fake() -> (Fake, Seen) {
    let seen = Seen::default();
    let (of_tasks, of_logins, of_introspections) = (seen.clone(), seen.clone(), seen.clone());
    let fake = Fake::new()
        .unary(GET_TASK, move |request: Request<GetTaskRequest>| note(&of_tasks, &request, Task::default()))
        .unary(LOGIN, move |request: Request<LoginRequest>| note(&of_logins, &request, LoginResponse::default()))
        .unary(INTROSPECT, move |request: Request<IntrospectRequest>| {
            note(&of_introspections, &request, IntrospectResponse::default())
        });
    (fake, seen)
}

async fn answer<T>(message: T) -> Result<T, tonic::Status> {
    Ok(message)
}

fn note<T, R>(
    seen: &Seen,
    request: &Request<T>,
    message: R,
) -> impl Future<Output = Result<R, tonic::Status>> + use<T, R> {
    seen.lock().expect("no panic").push(caller(request).expect("through the stack"));
    answer(message)
}

fn last(seen: &Seen) -> Caller {
    seen.lock().expect("no panic").last().cloned().expect("somebody called")
}

fn request() -> GetTaskRequest {
    GetTaskRequest { task_id: "01890000-0000-7000-8000-000000000000".into() }
}

#[tokio::test]
async fn without_a_token_one_is_asked_to_sign_in() {
    let (fake, seen) = fake();
    let refused = fake.tasks().get_task(request()).await.expect_err("refused");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::Unauthenticated, Some(Reason::NotSignedIn)));
    assert!(seen.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_refused_even_where_none_is_needed() {
    let (fake, _) = fake();
    let expired = fake.user(&[Role::Client]);
    fake.clock.advance(TimeDelta::minutes(2));
    for authorization in [expired.as_str(), "Bearer rubbish", "Basic dXNlcjpwYXNz", "Bearer"] {
        let login = LoginRequest { email: "a@b.c".into(), password: "password".into(), ..Default::default() };
        let refused = fake.auth().login(authorized(login, authorization)).await.expect_err("refused");
        assert_eq!(reason_of(&refused), Some(Reason::NotSignedIn), "{authorization}");
    }
}

#[tokio::test]
async fn the_role_decides_and_the_handler_learns_how_far_it_reaches() {
    let (fake, seen) = fake();
    fake.tasks().get_task(authorized(request(), &fake.user(&[Role::Client]))).await.expect("allowed");
    assert_eq!(last(&seen).reach, Reach::Own(user_id()));
    fake.tasks().get_task(authorized(request(), &fake.user(&[Role::Administrator]))).await.expect("allowed");
    assert_eq!(last(&seen).reach, Reach::All);
    let refused = fake.tasks().get_task(authorized(request(), &fake.user(&[]))).await.expect_err("no role");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::PermissionDenied, Some(Reason::NotAllowed)));
}

#[tokio::test]
async fn services_call_what_is_theirs_and_users_do_not() {
    let (fake, seen) = fake();
    let request = || IntrospectRequest { token: "t".into(), by_service: false };
    fake.auth().introspect(authorized(request(), &fake.gateway())).await.expect("allowed");
    assert_eq!(last(&seen).principal, Principal::Service("gateway".into()));
    let refused = fake.auth().introspect(authorized(request(), &fake.user(&[Role::Administrator]))).await;
    assert_eq!(reason_of(&refused.expect_err("a user")), Some(Reason::NotAllowed));
}

#[tokio::test]
async fn what_is_said_of_the_client_is_believed_from_inside_alone() {
    let (fake, seen) = fake();
    let told = |authorization: Option<String>| {
        let mut request = Request::new(LoginRequest { email: "a@b.c".into(), ..Default::default() });
        request.metadata_mut().insert(CLIENT_ADDRESS, "203.0.113.7".parse().expect("a value"));
        request.metadata_mut().insert(CLIENT_AGENT, "phone".parse().expect("a value"));
        if let Some(authorization) = authorization {
            request.metadata_mut().insert("authorization", authorization.parse().expect("a value"));
        }
        request
    };
    fake.auth().login(told(Some(fake.gateway()))).await.expect("public");
    let caller = last(&seen);
    // The gateway speaks for somebody who has not signed in, and not for itself.
    assert_eq!((&caller.principal, caller.reach), (&Principal::Anonymous, Reach::Public));
    assert_eq!(caller.address, Some([203, 0, 113, 7].into()));
    assert_eq!(caller.user_agent.as_deref(), Some("phone"));
    fake.auth().login(told(None)).await.expect("public");
    assert_eq!((last(&seen).address, last(&seen).user_agent), (None, None));
}
