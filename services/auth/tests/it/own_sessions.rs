//! Sessions as people see and end them.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{EndSessionRequest, EndSessionsRequest, ListSessionsRequest, LoginResponse, PrincipalChanged},
    timestamp,
};
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials};

const ADA: &str = "ada@example.com";
const NOT_FOUND: (Code, Option<Reason>) = (Code::NotFound, Some(Reason::NotFound));

fn of(user_id: &str) -> ListSessionsRequest {
    ListSessionsRequest { user_id: user_id.to_owned(), ..ListSessionsRequest::default() }
}

fn ending(session_id: &str) -> EndSessionRequest {
    EndSessionRequest { session_id: session_id.to_owned() }
}

async fn is_open(mesh: &Mesh, login: &LoginResponse) -> bool {
    mesh.introspect(1, &login.token).await.is_some()
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_nobody_else_does() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    mesh.sign_up("eve@example.com").await;
    let phone = mesh.login_from(0, "192.0.2.7", credentials(ADA)).await.expect("signed in").into_inner();
    let began = timestamp(mesh.clock.now());
    mesh.clock.advance(TimeDelta::minutes(20));
    let desk = mesh.sign_in(1, ADA).await;
    let listed = mesh.auth_in(0, &desk).await.list_sessions(of("")).await.expect("lists").into_inner().sessions;
    let ids: Vec<_> = listed.iter().map(|session| (session.session_id.as_str(), session.current)).collect();
    assert_eq!(ids, [(desk.session_id.as_str(), true), (phone.session_id.as_str(), false)]);
    assert_eq!((listed[1].address.as_str(), listed[1].user_agent.as_str()), ("192.0.2.7", "a test"));
    assert_eq!((listed[1].started_at, listed[1].last_used_at), (Some(began), Some(began)));

    // Using it is seen, if not at once.
    let used = timestamp(mesh.clock.now());
    assert!(is_open(&mesh, &phone).await);
    let mut root = mesh.auth_as_root(0).await;
    let seen = root.list_sessions(of(&ada)).await.expect("an administrator sees them").into_inner().sessions;
    assert_eq!((seen.len(), seen[1].last_used_at, seen[1].current), (2, Some(used), false));

    let mut eve = mesh.auth_in(0, &mesh.sign_in(0, "eve@example.com").await).await;
    let nobody = "0192f0c1-2345-7abc-8def-0123456789ab";
    for other in [&ada, nobody] {
        assert_eq!(eve.list_sessions(of(other)).await.refused(), NOT_FOUND);
        let all = EndSessionsRequest { user_id: other.to_owned(), keep_current: false };
        assert_eq!(eve.end_sessions(all).await.refused(), NOT_FOUND);
    }
    for other in [&phone.session_id, nobody] {
        assert_eq!(eve.end_session(ending(other)).await.refused(), NOT_FOUND);
    }
    assert!(is_open(&mesh, &phone).await);
}

#[tokio::test]
async fn many_sessions_come_in_pages() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let mut logins = Vec::new();
    for replica in [0, 1, 0] {
        logins.push(mesh.sign_in(replica, ADA).await.session_id);
        mesh.clock.advance(TimeDelta::seconds(1));
    }
    let mut ada = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let page = ListSessionsRequest { page_size: 3, page_token, ..ListSessionsRequest::default() };
        let page = ada.list_sessions(page).await.expect("lists").into_inner();
        pages.push(page.sessions.into_iter().map(|session| session.session_id).collect::<Vec<_>>());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(pages.concat()[1..], [logins[2].as_str(), &logins[1], &logins[0]]);
}

#[tokio::test]
async fn a_session_ends_or_all_others_do_or_all() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let [phone, desk, bench] = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await, mesh.sign_in(0, ADA).await];
    let mut ada = mesh.auth_in(0, &desk).await;
    for _ in 0..2 {
        ada.end_session(ending(&phone.session_id)).await.expect("ended, or was");
    }
    assert!(!is_open(&mesh, &phone).await && is_open(&mesh, &bench).await);
    let others = EndSessionsRequest { keep_current: true, ..EndSessionsRequest::default() };
    assert_eq!(ada.end_sessions(others).await.expect("ended").into_inner().ended, 1);
    assert!(!is_open(&mesh, &bench).await && is_open(&mesh, &desk).await);
    assert_eq!(ada.end_sessions(EndSessionsRequest::default()).await.expect("ended").into_inner().ended, 1);
    assert!(!is_open(&mesh, &desk).await);
    let told: Vec<PrincipalChanged> = mesh.events().await;
    let told: Vec<_> = told.into_iter().map(|told| told.session_id).collect();
    assert_eq!(told, [phone.session_id, bench.session_id, desk.session_id]);
}

#[tokio::test]
async fn an_administrator_ends_anybodys_sessions() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let [phone, desk] = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await];
    let mut root = mesh.auth_as_root(0).await;
    root.end_session(ending(&phone.session_id)).await.expect("ended");
    assert!(!is_open(&mesh, &phone).await);
    let all = EndSessionsRequest { user_id: ada, keep_current: false };
    assert_eq!(root.end_sessions(all).await.expect("ended").into_inner().ended, 1);
    assert!(!is_open(&mesh, &desk).await);
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let [used, unused] = [mesh.sign_in(0, ADA).await, mesh.sign_in(1, ADA).await];
    mesh.clock.advance(TimeDelta::days(6));
    assert!(is_open(&mesh, &used).await);
    mesh.clock.advance(TimeDelta::days(1));
    assert!(is_open(&mesh, &used).await && !is_open(&mesh, &unused).await);
    let listed = mesh.auth_in(0, &used).await.list_sessions(of("")).await.expect("lists").into_inner().sessions;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].expires_at, Some(timestamp(mesh.clock.now() + TimeDelta::days(7))));
}
