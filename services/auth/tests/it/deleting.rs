//! What is left of who was deleted: that they were.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{CreateApiKeyRequest, LoggedIn, PrincipalChanged},
    timestamp,
    r#type::v1::Role,
    users::v1::{DeleteUserRequest, UpdateUserRequest},
};
use labelmesh_testkit::until;
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials};

const ADA: &str = "ada@example.com";

fn wanted(mesh: &Mesh) -> CreateApiKeyRequest {
    let expires_at = Some(timestamp(mesh.clock.now() + TimeDelta::days(1)));
    CreateApiKeyRequest { name: "nightly".to_owned(), expires_at, roles: vec![Role::Operator.into()] }
}

#[tokio::test]
async fn sessions_keys_and_places_go_and_what_was_told_of_logins_with_them() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    mesh.sign_up("eve@example.com").await;
    let eve = mesh.login_from(0, "198.51.100.7", credentials("eve@example.com")).await.expect("in").into_inner();
    let phone = mesh.login_from(0, "192.0.2.7", credentials(ADA)).await.expect("signed in").into_inner();
    let desk = mesh.sign_in(1, ADA).await;
    let mut as_ada = mesh.auth_in(0, &desk).await;
    let key = as_ada.create_api_key(wanted(&mesh)).await.expect("made").into_inner();
    assert_eq!(mesh.events::<LoggedIn>().await.iter().filter(|event| event.user_id == ada).count(), 2);

    let mut root = mesh.root().await;
    root.delete_user(DeleteUserRequest { user_id: ada.clone(), ..Default::default() }).await.expect("deleted");
    until("the end of what was told of logins", async || {
        let told = mesh.events::<LoggedIn>().await;
        told.iter().all(|event| event.user_id != ada).then_some(())
    })
    .await;
    for token in [&phone.token, &desk.token, &key.secret] {
        assert!(mesh.introspect(1, token).await.is_none());
    }
    for table in ["session", "api_key", "familiar"] {
        assert!(!mesh.dump(table).await.contains(&ada), "{table}");
    }
    let told: Vec<PrincipalChanged> = mesh.events().await;
    let told: Vec<_> = told.iter().filter(|event| event.user_id == ada).collect();
    assert_eq!((told.len(), told[0].session_id.as_str()), (1, ""));
    // Others go on.
    assert!(mesh.introspect(0, &eve.token).await.is_some());
    let places = "SELECT count(*) FROM familiar WHERE user_id IS NOT NULL";
    assert_eq!(mesh.count(places).await, 2, "Eve's and the administrator's");

    // Whoever's call was under way comes too late, and who signs in is as unknown as anybody.
    let refused = as_ada.create_api_key(wanted(&mesh)).await.refused();
    assert_eq!(refused, (Code::NotFound, Some(Reason::NotFound)));
    let refused = mesh.auth(0).login(credentials(ADA)).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::CredentialsWrong)));
    assert_eq!(mesh.count("SELECT count(*) FROM account WHERE deleted_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn whoever_has_the_address_next_is_somebody_else() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    mesh.sign_in(0, ADA).await;
    let mut root = mesh.root().await;
    // Of two changes the later one may be heard first.
    let change = UpdateUserRequest { user_id: ada.clone(), roles: vec![Role::Client.into()], ..Default::default() };
    root.update_user(change).await.expect("changed");
    root.delete_user(DeleteUserRequest { user_id: ada.clone(), ..Default::default() }).await.expect("deleted");
    let buried = "SELECT count(*) FROM account WHERE deleted_at IS NOT NULL AND blocked AND version = 3";
    until("the tombstone", async || (mesh.count(buried).await == 1).then_some(())).await;
    let again = mesh.sign_up(ADA).await;
    assert_ne!(again, ada);
    let login = mesh.sign_in(1, ADA).await;
    assert_eq!(mesh.introspect(0, &login.token).await.expect("active").user_id, again);
    assert_eq!(mesh.count(buried).await, 1);
}
