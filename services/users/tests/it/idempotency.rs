//! Requests that come twice.

use labelmesh_errors::Reason;
use tonic::Code;

use crate::support::{Refusal as _, Running, anyone};

#[tokio::test]
async fn a_repeat_answers_with_the_same_user() {
    let users = Running::start().await;
    let request = anyone("ada@example.com");
    let first = users.as_nobody().create_user(request.clone()).await.expect("created").into_inner();
    let mut shouted = request.clone();
    shouted.request_id = request.request_id.to_uppercase();
    for repeat in [request, shouted] {
        let again = users.as_nobody().create_user(repeat).await.expect("repeated").into_inner();
        assert_eq!(again, first);
    }
    assert_eq!(users.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(users.created_events().await.len(), 1);
}

#[tokio::test]
async fn the_same_request_many_times_at_once_makes_one_user() {
    let users = Running::start().await;
    let request = anyone("ada@example.com");
    let attempts = (0..8).map(|_| {
        let (mut client, request) = (users.as_nobody(), request.clone());
        async move { client.create_user(request).await.expect("created or repeated").into_inner().user_id }
    });
    let mut ids = futures::future::join_all(attempts).await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn other_content_under_the_same_id_is_refused_and_so_is_another_password() {
    let users = Running::start().await;
    let request = anyone("ada@example.com");
    users.as_nobody().create_user(request.clone()).await.expect("created");
    let mut renamed = request.clone();
    renamed.name = "Eve".into();
    let mut other_password = request.clone();
    other_password.password = "another password".into();
    for changed in [renamed, other_password] {
        let refused = users.as_nobody().create_user(changed).await.refused();
        assert_eq!(refused, (Code::AlreadyExists, Some(Reason::RequestIdReused)));
    }
}

#[tokio::test]
async fn a_refused_request_leaves_its_id_unused() {
    let users = Running::start().await;
    users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created");
    let taken = anyone("ada@example.com");
    users.as_nobody().create_user(taken.clone()).await.refused();
    let mut free = taken;
    free.email = "eve@example.com".into();
    users.as_nobody().create_user(free).await.expect("the id was not used");
}
