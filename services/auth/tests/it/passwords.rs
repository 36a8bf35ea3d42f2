//! Another password, and in which spelling.

use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{ChangePasswordRequest, LoginRequest},
    users::v1::{CreateUserRequest, LookupCredentialRequest, SetPasswordRequest},
};
use labelmesh_testkit::until;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Mesh, PASSWORD, Refusal as _};

const ADA: &str = "ada@example.com";
const NEW: &str = "an entirely new one";

fn change(old: &str, new: &str) -> ChangePasswordRequest {
    ChangePasswordRequest { old_password: old.to_owned(), new_password: new.to_owned(), revoke_api_keys: false }
}

fn with(password: &str) -> LoginRequest {
    LoginRequest { email: ADA.to_owned(), password: password.to_owned(), ..LoginRequest::default() }
}

#[tokio::test]
async fn who_knows_the_old_password_sets_another_and_other_sessions_end() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let [phone, desk] = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await];
    let mut ada = mesh.auth_in(0, &desk).await;
    let refused = ada.change_password(change("not the password", NEW)).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::PasswordWrong)));
    assert!(mesh.introspect(0, &phone.token).await.is_some());
    let changed = ada.change_password(change(PASSWORD, NEW)).await.expect("changed").into_inner();
    assert_eq!(changed.ended, 1);
    assert!(mesh.introspect(0, &phone.token).await.is_none());
    let refused = mesh.auth(0).login(with(PASSWORD)).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::CredentialsWrong)));
    mesh.auth(1).login(with(NEW)).await.expect("signed in");
    assert!(mesh.introspect(1, &desk.token).await.is_some(), "the session of the change goes on");
}

#[tokio::test]
async fn a_new_password_obeys_the_rules_and_the_field_is_named() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let mut ada = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    for new in ["short", "password1", "labelmesh1", &"x".repeat(73)] {
        let status = ada.change_password(change(PASSWORD, new)).await.expect_err("refused");
        let violations = status.get_details_bad_request().expect("violations").field_violations;
        assert_eq!(violations[0].field, "new_password", "{new}");
    }
    mesh.sign_in(1, ADA).await;
}

#[tokio::test]
async fn of_two_who_change_it_at_once_one_does() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let desk = mesh.sign_in(0, ADA).await;
    let (mut one, mut two) = (mesh.auth_in(0, &desk).await, mesh.auth_in(1, &desk).await);
    let (first, second) = ("the first of two new ones", "the second of two new ones");
    let ends =
        tokio::join!(one.change_password(change(PASSWORD, first)), two.change_password(change(PASSWORD, second)));
    let (won, lost) = match ends {
        (Ok(_), Err(status)) => (first, status),
        (Err(status), Ok(_)) => (second, status),
        both => panic!("both or none: {both:?}"),
    };
    // Whoever came too late finds another password, or that it is being changed.
    assert!(matches!(lost.code(), Code::Aborted | Code::PermissionDenied), "{lost:?}");
    mesh.auth(0).login(with(won)).await.expect("signed in");
}

#[tokio::test]
async fn sessions_end_even_if_whoever_changed_the_password_could_not_end_them() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let [phone, desk] = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await];
    let mut users = mesh.users_as_service("auth");
    let who = LookupCredentialRequest { user_id: ada.clone(), ..LookupCredentialRequest::default() };
    let credential = users.lookup_credential(who).await.expect("found").into_inner();
    let set = SetPasswordRequest {
        user_id: ada,
        password_hash: credential.password_hash,
        password_version: credential.password_version,
        kept_session_id: desk.session_id.clone(),
    };
    users.set_password(set.clone()).await.expect("set");
    assert_eq!(users.set_password(set).await.refused(), (Code::Aborted, Some(Reason::Conflict)));
    until("the end", async || mesh.introspect(0, &phone.token).await.is_none().then_some(())).await;
    assert!(mesh.introspect(0, &desk.token).await.is_some());
}

#[tokio::test]
async fn a_password_is_the_same_composed_and_decomposed() {
    let mesh = Mesh::start().await;
    let request = CreateUserRequest {
        email: ADA.to_owned(),
        password: "Schl\u{fc}ssel-bund".to_owned(),
        roles: vec![2],
        ..CreateUserRequest::default()
    };
    mesh.users_as_nobody().create_user(request).await.expect("created");
    mesh.auth(0).login(with("Schlu\u{308}ssel-bund")).await.expect("signed in");
    mesh.auth(1).login(with("Schl\u{fc}ssel-bund")).await.expect("signed in");
}
