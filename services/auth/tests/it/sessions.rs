//! From login to logout.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{IntrospectRequest, ListSessionsRequest, LogoutRequest, PrincipalChanged},
    r#type::v1::Role,
};
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials};

#[tokio::test]
async fn a_login_opens_the_other_services_until_the_logout() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("Ada@Example.com")).await.expect("signed in").into_inner();
    assert!(login.token.starts_with("lm_"));
    assert_eq!((login.user_id.as_str(), login.roles), (ada.as_str(), vec![i32::from(Role::Operator)]));
    assert_eq!(login.expires_at.expect("an end").seconds, (mesh.clock.now() + TimeDelta::days(30)).timestamp());

    // The internal token is verified by users with the key that it fetches from auth.
    let internal = mesh.introspect(1, &login.token).await.expect("active");
    assert_eq!((internal.user_id.as_str(), internal.session_id.as_str()), (ada.as_str(), login.session_id.as_str()));
    assert_eq!(mesh.who_is(&internal.internal_token).await.expect("known"), ada);

    let mut as_ada = mesh.auth_as_user(1, &internal.internal_token);
    as_ada.logout(LogoutRequest {}).await.expect("signed out");
    assert!(mesh.introspect(0, &login.token).await.is_none());
    // A second logout, with the internal token that lives on for its minute, is harmless and tells nobody anything.
    as_ada.logout(LogoutRequest {}).await.expect("signed out again");
    let told: Vec<PrincipalChanged> = mesh.events().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].user_id.as_str(), told[0].session_id.as_str()), (ada.as_str(), login.session_id.as_str()));
}

#[tokio::test]
async fn a_session_ends_by_itself_however_much_it_is_used() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    for days in [6, 6, 6, 6] {
        mesh.clock.advance(TimeDelta::days(days));
        assert!(mesh.introspect(0, &login.token).await.is_some());
    }
    mesh.clock.advance(TimeDelta::days(6) - TimeDelta::seconds(1));
    assert!(mesh.introspect(0, &login.token).await.is_some());
    mesh.clock.advance(TimeDelta::seconds(1));
    assert!(mesh.introspect(0, &login.token).await.is_none());
}

#[tokio::test]
async fn one_session_ends_and_the_other_lives() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let phone = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    let desk = mesh.auth(1).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    assert_ne!(phone.token, desk.token);
    let internal = mesh.introspect(0, &phone.token).await.expect("active").internal_token;
    mesh.auth_as_user(0, &internal).logout(LogoutRequest {}).await.expect("signed out");
    assert!(mesh.introspect(0, &phone.token).await.is_none());
    assert!(mesh.introspect(0, &desk.token).await.is_some());
}

#[tokio::test]
async fn a_login_is_told_to_the_others_with_its_address() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up("ada@example.com").await;
    let login = mesh.login_from(0, "192.0.2.7", credentials("ada@example.com")).await;
    let login = login.expect("signed in").into_inner();
    let told: Vec<labelmesh_proto::auth::v1::LoggedIn> = mesh.events().await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].user_id, &told[0].session_id), (&ada, &login.session_id));
    assert_eq!((told[0].address.as_str(), told[0].user_agent.as_str()), ("192.0.2.7", "a test"));
}

#[tokio::test]
async fn what_is_no_token_of_ours_stands_for_nobody() {
    let mesh = Mesh::start().await;
    let invented = format!("lm_{}", "A".repeat(43));
    for token in ["x", "lm_", &invented, "eyJhbGciOiJub25lIn0.e30."] {
        assert!(mesh.introspect(0, token).await.is_none(), "{token}");
    }
}

#[tokio::test]
async fn only_the_gateway_exchanges_tokens() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    let internal = mesh.introspect(0, &login.token).await.expect("active").internal_token;
    let request = || IntrospectRequest { token: login.token.clone(), by_service: false };
    let not_signed_in = (Code::Unauthenticated, Some(Reason::NotSignedIn));
    assert_eq!(mesh.auth(0).introspect(request()).await.refused(), not_signed_in);
    // The session's own token is for the edge alone; no service takes it.
    assert_eq!(mesh.auth_as_user(0, &login.token).introspect(request()).await.refused(), not_signed_in);
    let not_allowed = (Code::PermissionDenied, Some(Reason::NotAllowed));
    assert_eq!(mesh.auth_as_user(0, &internal).introspect(request()).await.refused(), not_allowed);
    assert_eq!(mesh.auth_as_service(0, "users").introspect(request()).await.refused(), not_allowed);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_signed_out_and_a_token_of_nobodys_making_is_refused() {
    let mesh = Mesh::start().await;
    mesh.auth(0).logout(LogoutRequest {}).await.expect("nothing to end");
    let refused = mesh.auth_as_user(0, "made up").logout(LogoutRequest {}).await.refused();
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)));
}

#[tokio::test]
async fn a_gateway_gets_a_token_for_each_service_which_no_other_takes() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up("ada@example.com").await;
    let login = mesh.sign_in(0, "ada@example.com").await;
    let tokens = mesh.introspect_by_service(1, &login.token).await;
    assert_eq!(tokens.keys().collect::<Vec<_>>(), ["auth", "notify", "renditions", "subtasks", "tasks", "users"]);
    assert_eq!(mesh.who_is(&tokens["users"]).await.expect("known"), ada);
    for (service, token) in tokens.iter().filter(|(service, _)| *service != "users") {
        let refused = mesh.who_is(token).await.expect_err(service).refused();
        assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)), "{service}");
    }
    // Both replicas of auth are one service.
    for replica in 0..2 {
        mesh.auth_as_user(replica, &tokens["auth"]).list_sessions(ListSessionsRequest::default()).await.expect("own");
        let refused = mesh.auth_as_user(replica, &tokens["users"]).list_sessions(ListSessionsRequest::default()).await;
        assert_eq!(refused.refused(), (Code::Unauthenticated, Some(Reason::NotSignedIn)));
    }
}
