//! Users take away what auth stores about them.

use chrono::TimeDelta;
use futures::TryStreamExt as _;
use labelmesh_identity::Role;
use labelmesh_proto::{
    auth::v1::{
        AccessRecord, CreateApiKeyRequest, ExportMyAccessRequest, LoginResponse, LogoutRequest, RevokeApiKeyRequest,
    },
    timestamp,
};
use tonic::Code;

use crate::{
    second_factor::ada,
    support::{Mesh, credentials},
};

async fn export(mesh: &Mesh, login: &LoginResponse) -> Vec<AccessRecord> {
    let mut client = mesh.auth_in(1, login).await;
    let answers = client.export_my_access(ExportMyAccessRequest {}).await.expect("a stream").into_inner();
    answers.try_collect().await.expect("to its end")
}

#[tokio::test]
async fn an_export_has_what_is_open_and_what_is_over_and_no_secret() {
    let mesh = Mesh::start().await;
    let eve = "eve@example.com";
    mesh.sign_up(eve).await;
    let other = mesh.login_from(0, "192.0.2.9", credentials(eve)).await.expect("signed in").into_inner();
    let (login, _, recovery) = ada(&mesh).await;
    let mut session = mesh.auth_in(0, &login).await;
    let mut secrets = recovery.clone();
    for name in ["nightly", "revoked"] {
        mesh.clock.advance(TimeDelta::milliseconds(1));
        let expires_at = Some(timestamp(mesh.clock.now() + TimeDelta::days(1)));
        let request = CreateApiKeyRequest { name: name.into(), expires_at, roles: vec![Role::Operator.into()] };
        let made = session.create_api_key(request).await.expect("made").into_inner();
        secrets.push(made.secret);
        if name == "revoked" {
            let api_key_id = made.api_key.expect("told").api_key_id;
            session.revoke_api_key(RevokeApiKeyRequest { api_key_id }).await.expect("revoked");
        }
    }

    let records = export(&mesh, &login).await;
    let standing = records[0].standing.as_ref().expect("the account");
    assert_eq!((&standing.user_id, standing.roles.as_slice()), (&login.user_id, [Role::Operator.into()].as_slice()));
    let sessions: Vec<_> = records.iter().filter_map(|record| record.session.as_ref()).collect();
    assert_eq!(sessions.iter().map(|session| &session.session_id).collect::<Vec<_>>(), [&login.session_id]);
    let keys = records.iter().filter_map(|record| record.api_key.as_ref());
    let keys: Vec<_> = keys.map(|key| (key.name.as_str(), key.revoked_at.is_some())).collect();
    assert_eq!(keys, [("nightly", false), ("revoked", true)]);
    let factor = records.iter().find_map(|record| record.second_factor.as_ref()).expect("a second factor");
    assert!(factor.confirmed_at.is_some() && factor.last_used_at.is_some(), "{factor:?}");
    assert_eq!(factor.recovery_codes_left as usize, recovery.len());
    let said = format!("{records:?}");
    assert!(!said.contains(&other.user_id) && !said.contains("192.0.2.9"), "{said}");
    for secret in secrets.iter().chain([&login.token]) {
        assert!(!said.contains(secret.as_str()), "{secret} in {said}");
    }

    // A session that was ended is there as long as it is stored.
    mesh.auth_in(0, &other).await.logout(LogoutRequest {}).await.expect("signed out");
    let again = mesh.login_from(0, "192.0.2.9", credentials(eve)).await.expect("signed in").into_inner();
    let theirs = export(&mesh, &again).await;
    let ended = theirs.iter().filter_map(|record| record.session.as_ref());
    let ended: Vec<_> = ended.map(|session| (session.address.as_str(), session.ended_at.is_some())).collect();
    assert_eq!(ended, [("192.0.2.9", true), ("192.0.2.9", false)]);
    assert_eq!(theirs.iter().filter(|record| record.place.is_some()).count(), 1);

    let refused = mesh.auth(0).export_my_access(ExportMyAccessRequest {}).await.map(|_| ());
    assert_eq!(refused.expect_err("nobody's").code(), Code::Unauthenticated);
}
