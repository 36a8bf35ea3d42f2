//! Who is kept out, and who can't be.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    timestamp,
    r#type::v1::Role,
    users::v1::{BlockUserRequest, LookupCredentialRequest, UnblockUserRequest, UpdateUserRequest},
};
use tonic::Code;

use crate::support::{Refusal as _, Running};

fn block(user_id: &str) -> BlockUserRequest {
    BlockUserRequest { user_id: user_id.into(), ..BlockUserRequest::default() }
}

#[tokio::test]
async fn a_user_is_blocked_until_they_are_not() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let mut root = users.as_somebody(&[Role::Administrator]);
    let since = timestamp(users.clock.now());
    let blocked = root.block_user(block(&ada.user_id)).await.expect("blocked").into_inner();
    assert_eq!(blocked.blocked_at, Some(since));
    users.clock.advance(TimeDelta::minutes(1));
    assert_eq!(root.block_user(block(&ada.user_id)).await.expect("again").into_inner(), blocked);
    let credential = LookupCredentialRequest { email: ada.email.clone(), ..Default::default() };
    let found = users.as_service("auth").lookup_credential(credential.clone()).await.expect("found").into_inner();
    assert_eq!((found.blocked, found.version), (true, 2));

    let free = UnblockUserRequest { user_id: ada.user_id.clone(), etag: blocked.etag };
    assert_eq!(root.unblock_user(free).await.expect("unblocked").into_inner().blocked_at, None);
    let found = users.as_service("auth").lookup_credential(credential).await.expect("found").into_inner();
    assert_eq!((found.blocked, found.version), (false, 3));
    let told = users.updated_events().await;
    assert_eq!(told.iter().map(|told| (told.version, told.blocked)).collect::<Vec<_>>(), [(2, true), (3, false)]);
}

#[tokio::test]
async fn nobody_but_an_administrator_blocks() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let refused = (Code::PermissionDenied, Some(Reason::NotAllowed));
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    assert_eq!(as_ada.block_user(block(&ada.user_id)).await.refused(), refused);
    let free = UnblockUserRequest { user_id: ada.user_id.clone(), ..UnblockUserRequest::default() };
    assert_eq!(as_ada.unblock_user(free).await.refused(), refused);
    let stale = BlockUserRequest { etag: "7".into(), ..block(&ada.user_id) };
    let refused = users.as_somebody(&[Role::Administrator]).block_user(stale).await.refused();
    assert_eq!(refused, (Code::Aborted, Some(Reason::EtagMismatch)));
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let users = Running::start().await;
    let one = users.create("one@example.com", &[Role::Administrator]).await;
    let two = users.create("two@example.com", &[Role::Administrator, Role::Client]).await;
    let mut root = users.as_user(&one.user_id, &[Role::Administrator]);
    root.block_user(block(&one.user_id)).await.expect("another is there");
    let last = (Code::FailedPrecondition, Some(Reason::LastAdministrator));
    assert_eq!(root.block_user(block(&two.user_id)).await.refused(), last);
    let roles = vec![Role::Client.into()];
    let withdraw = UpdateUserRequest { user_id: two.user_id.clone(), roles, ..UpdateUserRequest::default() };
    assert_eq!(root.update_user(withdraw).await.refused(), last);
}

#[tokio::test]
async fn of_two_administrators_who_block_each_other_at_once_one_stays() {
    let users = Running::start().await;
    let one = users.create("one@example.com", &[Role::Administrator]).await;
    let two = users.create("two@example.com", &[Role::Administrator]).await;
    let blocking = |by: &str, whom: &str| {
        let (mut by, whom) = (users.as_user(by, &[Role::Administrator]), block(whom));
        async move { by.block_user(whom).await }
    };
    let (first, second) = tokio::join!(blocking(&one.user_id, &two.user_id), blocking(&two.user_id, &one.user_id));
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|done| **done).count(), 1);
    let administer = "SELECT count(*) FROM users WHERE roles @> '{3}' AND blocked_at IS NULL";
    assert_eq!(users.count(administer).await, 1);
}
