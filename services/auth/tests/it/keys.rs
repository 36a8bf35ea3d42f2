//! The keys that sign, as they come and go.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::auth::v1::{GetJwksRequest, ListSessionsRequest};
use labelmesh_seal::SealKey;
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials, kid_of};

async fn kids(mesh: &Mesh, replica: usize) -> Vec<String> {
    let jwks = mesh.auth(replica).get_jwks(GetJwksRequest {}).await.expect("anybody may ask").into_inner();
    jwks.keys.into_iter().map(|key| key.kid).collect()
}

#[tokio::test]
async fn the_key_set_has_the_form_of_the_rfc() {
    let mesh = Mesh::start().await;
    let jwks = mesh.auth(0).get_jwks(GetJwksRequest {}).await.expect("anybody may ask").into_inner();
    assert_eq!(jwks.keys.len(), 1);
    let key = &jwks.keys[0];
    assert_eq!(
        (key.kty.as_str(), key.crv.as_str(), key.r#use.as_str(), key.alg.as_str()),
        ("OKP", "Ed25519", "sig", "EdDSA")
    );
    assert_eq!((key.kid.len(), key.x.len()), (43, 43));
}

#[tokio::test]
async fn replicas_share_one_key_however_many_start_at_once() {
    let mesh = Mesh::start().await;
    let asked = (0..16).map(|call| kids(&mesh, call % 2));
    let answers = futures::future::join_all(asked).await;
    assert!(answers.iter().all(|kids| *kids == answers[0]));
    assert_eq!(mesh.count("SELECT count(*) FROM signing_key").await, 1);
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_an_old_one_until_its_tokens_are_gone() {
    let every = std::time::Duration::from_secs(20 * 86_400);
    let mesh = Mesh::start_with(|config| {
        config.signing_keys.rotate_every = every;
        config.sessions.idle = 2 * every;
    })
    .await;
    mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    let signed_with =
        async |replica| kid_of(&mesh.introspect(replica, &login.token).await.expect("active").internal_token);
    let old = signed_with(0).await;
    assert_eq!(kids(&mesh, 0).await, std::slice::from_ref(&old));

    mesh.clock.advance(TimeDelta::days(20) - TimeDelta::minutes(10));
    let both = kids(&mesh, 1).await;
    assert_eq!((both.len(), &both[1]), (2, &old));
    assert_eq!((signed_with(0).await, signed_with(1).await), (old.clone(), old.clone()));

    mesh.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    let last = mesh.introspect(0, &login.token).await.expect("active").internal_token;
    assert_eq!(kid_of(&last), old);
    mesh.clock.advance(TimeDelta::seconds(1));
    assert_eq!((signed_with(0).await, signed_with(1).await), (both[0].clone(), both[0].clone()));
    mesh.clock.advance(TimeDelta::seconds(58));
    assert_eq!(kids(&mesh, 0).await, both);
    mesh.who_is(&last).await.expect("the old key's last token is still valid");

    mesh.clock.advance(TimeDelta::seconds(32));
    assert_eq!(kids(&mesh, 0).await, &both[..1]);
    assert_eq!(mesh.count("SELECT count(*) FROM signing_key").await, 1);
}

#[tokio::test]
async fn a_restart_keeps_the_key_and_another_seal_does_not_open_it() {
    let mut mesh = Mesh::start().await;
    let before = kids(&mesh, 0).await;
    mesh.restart(0, |_| ()).await;
    assert_eq!(kids(&mesh, 0).await, before);
    mesh.restart(0, |config| config.signing_keys.seal = [9; 32].into()).await;
    let refused = mesh.auth(0).get_jwks(GetJwksRequest {}).await.refused();
    assert_eq!(refused, (Code::Internal, Some(Reason::Internal)));
    assert_eq!(kids(&mesh, 1).await, before);
}

#[tokio::test]
async fn a_seal_is_replaced_replica_by_replica_and_nothing_is_refused() {
    let mut mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let (login, _) = (mesh.sign_in(0, "ada@example.com").await, mesh.sign_in(1, "ada@example.com").await);
    let before = kids(&mesh, 0).await;
    // Beside each other run those of one step and those of the next.
    for step in [&[7, 9][..], &[9, 7], &[9]] {
        for replica in 0..2 {
            let seals: Vec<_> = step.iter().map(|byte| SealKey::from([*byte; 32])).collect();
            mesh.restart(replica, |config| config.signing_keys.seal = seals.try_into().expect("different ones")).await;
            for (here, there) in [(0, 1), (1, 0)] {
                assert_eq!(kids(&mesh, here).await, before);
                let listed = |page_token| ListSessionsRequest { page_size: 1, page_token, ..Default::default() };
                let mut ada = mesh.auth_in(here, &login).await;
                let first = ada.list_sessions(listed(String::new())).await.expect("the first page").into_inner();
                let mut ada = mesh.auth_in(there, &login).await;
                let second = ada.list_sessions(listed(first.next_page_token)).await.expect("its token opens there");
                assert_ne!(first.sessions[0].session_id, second.into_inner().sessions[0].session_id);
            }
        }
    }
    assert_eq!(mesh.count("SELECT count(*) FROM signing_key").await, 1);
}

#[tokio::test]
async fn a_lost_seal_costs_the_keys_and_no_session() {
    let mut mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let login = mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in").into_inner();
    let lost = kids(&mesh, 0).await;
    for replica in 0..2 {
        mesh.restart(replica, |config| config.signing_keys.seal = [9; 32].into()).await;
    }
    // What the README says to do.
    let deleted = mesh.count("WITH gone AS (DELETE FROM signing_key RETURNING 1) SELECT count(*) FROM gone").await;
    assert_eq!(deleted, 1);
    let token = mesh.introspect(1, &login.token).await.expect("active").internal_token;
    assert_eq!(kids(&mesh, 0).await, [kid_of(&token)]);
    assert!(!lost.contains(&kid_of(&token)));
}
