//! What becomes of sessions when users says that an account has changed.

use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{LoginRequest, PrincipalChanged},
    r#type::v1::Role,
    users::v1::{BlockUserRequest, UnblockUserRequest, UpdateUserRequest},
};
use labelmesh_testkit::until;
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials, roles_of};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn roles_hold_at_once_for_sessions_that_are_open() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let login = mesh.auth(0).login(credentials(ADA)).await.expect("signed in").into_inner();
    let roles = async |replica| roles_of(&mesh.introspect(replica, &login.token).await.expect("active").internal_token);
    assert_eq!(roles(0).await, ["operator"]);
    let request =
        UpdateUserRequest { user_id: ada.clone(), roles: vec![Role::Client.into()], ..UpdateUserRequest::default() };
    mesh.root().await.update_user(request).await.expect("changed");
    until("the new role", async || (roles(1).await == ["client"]).then_some(())).await;
    assert_eq!(roles(0).await, ["client"]);
    // Whoever caches tokens is told, once, of all of the user's.
    let told: Vec<PrincipalChanged> = mesh.events().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].user_id.as_str(), told[0].session_id.as_str()), (ada.as_str(), ""));
    let again = mesh.auth(1).login(credentials(ADA)).await.expect("signed in").into_inner();
    assert_eq!(again.roles, [i32::from(Role::Client)]);
}

#[tokio::test]
async fn another_name_ends_nothing_and_tells_nobody() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let login = mesh.auth(0).login(credentials(ADA)).await.expect("signed in").into_inner();
    let request = UpdateUserRequest { user_id: ada, name: Some("Augusta".into()), ..UpdateUserRequest::default() };
    mesh.root().await.update_user(request).await.expect("changed");
    let version = "SELECT count(*) FROM account WHERE version = 2";
    until("the new version", async || (mesh.count(version).await == 1).then_some(())).await;
    assert!(mesh.introspect(0, &login.token).await.is_some());
    assert!(mesh.events::<PrincipalChanged>().await.is_empty());
}

#[tokio::test]
async fn who_is_blocked_is_out_and_stays_out_until_they_may_sign_in_again() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let phone = mesh.auth(0).login(credentials(ADA)).await.expect("signed in").into_inner();
    let desk = mesh.auth(1).login(credentials(ADA)).await.expect("signed in").into_inner();
    let mut root = mesh.root().await;
    root.block_user(BlockUserRequest { user_id: ada.clone(), ..BlockUserRequest::default() }).await.expect("blocked");
    for token in [&phone.token, &desk.token] {
        until("the end of the session", async || mesh.introspect(0, token).await.is_none().then_some(())).await;
    }
    let told: Vec<PrincipalChanged> = mesh.events().await;
    assert_eq!((told.len(), told[0].session_id.as_str()), (1, ""));
    // Only who knows the password learns that the account is blocked, and that counts against nobody.
    let wrong = LoginRequest { password: "not the password".into(), ..credentials(ADA) };
    let refused = mesh.auth(0).login(wrong).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::CredentialsWrong)));
    let failures = "SELECT coalesce(sum(failures), 0)::bigint FROM attempt";
    let before = mesh.count(failures).await;
    let refused = mesh.auth(0).login(credentials(ADA)).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::AccountBlocked)));
    assert_eq!(mesh.count(failures).await, before);

    root.unblock_user(UnblockUserRequest { user_id: ada, ..UnblockUserRequest::default() }).await.expect("unblocked");
    let again = mesh.auth(1).login(credentials(ADA)).await.expect("signed in").into_inner();
    assert!(mesh.introspect(0, &again.token).await.is_some());
    assert!(mesh.introspect(0, &phone.token).await.is_none(), "what has ended stays so");
}
