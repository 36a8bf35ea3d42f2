//! API keys: made by who is signed in, used by programs.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::{
    auth::v1::{
        ApiKey, ChangePasswordRequest, CreateApiKeyRequest, CreateApiKeyResponse, EndSessionRequest,
        EndSessionsRequest, ListApiKeysRequest, LogoutRequest, PrincipalChanged, RevokeApiKeyRequest,
    },
    timestamp,
    r#type::v1::Role,
    users::v1::{BlockUserRequest, UnblockUserRequest, UpdateUserRequest},
};
use labelmesh_testkit::until;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Mesh, PASSWORD, Refusal as _, roles_of};

const ADA: &str = "ada@example.com";
const NOT_FOUND: (Code, Option<Reason>) = (Code::NotFound, Some(Reason::NotFound));
const NOT_ALLOWED: (Code, Option<Reason>) = (Code::PermissionDenied, Some(Reason::NotAllowed));

/// A key for an operator, for so many days.
fn wanted(mesh: &Mesh, days: i64) -> CreateApiKeyRequest {
    let expires_at = Some(timestamp(mesh.clock.now() + TimeDelta::days(days)));
    CreateApiKeyRequest { name: "nightly".to_owned(), expires_at, roles: vec![Role::Operator.into()] }
}

/// A key of Ada's for 30 days.
async fn key(mesh: &Mesh) -> CreateApiKeyResponse {
    let mut ada = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    ada.create_api_key(wanted(mesh, 30)).await.expect("made").into_inner()
}

fn id_of(key: &CreateApiKeyResponse) -> String {
    key.api_key.as_ref().expect("told").api_key_id.clone()
}

fn revoking(api_key_id: String) -> RevokeApiKeyRequest {
    RevokeApiKeyRequest { api_key_id }
}

async fn is_good(mesh: &Mesh, key: &CreateApiKeyResponse) -> bool {
    mesh.introspect(1, &key.secret).await.is_some()
}

async fn listed(mesh: &Mesh, user_id: &str) -> Vec<ApiKey> {
    let request = ListApiKeysRequest { user_id: user_id.to_owned(), ..ListApiKeysRequest::default() };
    mesh.auth_as_root(0).await.list_api_keys(request).await.expect("lists").into_inner().api_keys
}

#[tokio::test]
async fn a_key_stands_for_its_maker_with_its_roles_and_shows_its_use() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let key = key(&mesh).await;
    assert!(key.secret.starts_with("lmk_"));
    assert_eq!(listed(&mesh, &ada).await, [key.api_key.clone().expect("told")]);
    mesh.clock.advance(TimeDelta::hours(1));
    let found = mesh.introspect(1, &key.secret).await.expect("good");
    assert_eq!((found.user_id.as_str(), found.session_id), (ada.as_str(), id_of(&key)));
    assert_eq!(roles_of(&found.internal_token), ["operator"]);
    assert_eq!(mesh.who_is(&found.internal_token).await.expect("known"), ada);
    let used = listed(&mesh, &ada).await;
    assert_eq!(used[0].last_used_at, Some(timestamp(mesh.clock.now())));
    // It is not a session, and none of what people see of theirs.
    assert!(mesh.introspect(1, &key.secret.replacen("lmk_", "lm_", 1)).await.is_none());
    for table in ["api_key", "mesh.outbox"] {
        assert!(!mesh.dump(table).await.contains(&key.secret["lmk_".len()..]), "{table} has a secret");
    }
}

#[tokio::test]
async fn a_key_is_refused_that_could_do_more_than_its_maker_or_never_ends() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let mut ada = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    let good = wanted(&mesh, 30);
    for (field, wanted) in [
        ("roles", CreateApiKeyRequest { roles: vec![Role::Administrator.into()], ..good.clone() }),
        ("roles", CreateApiKeyRequest { roles: vec![Role::Operator.into(), Role::Client.into()], ..good.clone() }),
        ("roles", CreateApiKeyRequest { roles: Vec::new(), ..good.clone() }),
        ("expires_at", wanted(&mesh, 0)),
        ("expires_at", wanted(&mesh, 400)),
        ("expires_at", CreateApiKeyRequest { expires_at: None, ..good.clone() }),
        ("name", CreateApiKeyRequest { name: String::new(), ..good.clone() }),
    ] {
        let status = ada.create_api_key(wanted).await.expect_err("refused");
        let violations = status.get_details_bad_request().expect("violations").field_violations;
        assert_eq!(violations[0].field, field);
    }
    for _ in 0..50 {
        ada.create_api_key(good.clone()).await.expect("made");
    }
    let refused = ada.create_api_key(good.clone()).await.refused();
    assert_eq!(refused, (Code::ResourceExhausted, Some(Reason::QuotaUsedUp)));
    assert_eq!(mesh.count("SELECT count(*) FROM api_key").await, 50);
}

#[tokio::test]
async fn who_may_not_see_a_key_can_neither_list_nor_revoke_it() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    mesh.sign_up("eve@example.com").await;
    let key = key(&mesh).await;
    let mut eve = mesh.auth_in(0, &mesh.sign_in(0, "eve@example.com").await).await;
    let hers = ListApiKeysRequest { user_id: ada, ..ListApiKeysRequest::default() };
    assert_eq!(eve.list_api_keys(hers).await.refused(), NOT_FOUND);
    let nothing = "0192f0c1-2345-7abc-8def-0123456789ab".to_owned();
    for other in [id_of(&key), nothing] {
        assert_eq!(eve.revoke_api_key(revoking(other)).await.refused(), NOT_FOUND);
    }
    assert!(is_good(&mesh, &key).await);
}

#[tokio::test]
async fn a_key_that_is_revoked_expired_or_anothers_to_end_is_good_no_more() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let [revoked, by_root, lasting] = [key(&mesh).await, key(&mesh).await, key(&mesh).await];
    let mut own = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    for _ in 0..2 {
        own.revoke_api_key(revoking(id_of(&revoked))).await.expect("revoked, or was");
    }
    mesh.auth_as_root(1).await.revoke_api_key(revoking(id_of(&by_root))).await.expect("revoked");
    assert!(!is_good(&mesh, &revoked).await && !is_good(&mesh, &by_root).await && is_good(&mesh, &lasting).await);
    // Whoever caches tokens drops those of this key.
    let told: Vec<PrincipalChanged> = mesh.events().await;
    let told: Vec<_> = told.into_iter().map(|told| (told.user_id, told.session_id)).collect();
    assert_eq!(told, [(ada.clone(), id_of(&revoked)), (ada.clone(), id_of(&by_root))]);

    mesh.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(20));
    let last = mesh.introspect(0, &lasting.secret).await.expect("good");
    assert_eq!(last.expires_at, lasting.api_key.clone().expect("told").expires_at, "not longer than the key");
    mesh.clock.advance(TimeDelta::seconds(20));
    assert!(!is_good(&mesh, &lasting).await);
    assert!(listed(&mesh, &ada).await.is_empty());
}

#[tokio::test]
async fn a_key_has_the_roles_that_its_user_still_has_and_none_while_blocked() {
    let mesh = Mesh::start().await;
    let ada = mesh.sign_up(ADA).await;
    let key = key(&mesh).await;
    let mut root = mesh.root().await;
    let mut give = async |role: Role| {
        let roles = vec![role.into()];
        let request = UpdateUserRequest { user_id: ada.clone(), roles, ..UpdateUserRequest::default() };
        root.update_user(request).await.expect("changed");
    };
    give(Role::Client).await;
    until("the end of the role", async || (!is_good(&mesh, &key).await).then_some(())).await;
    give(Role::Operator).await;
    until("the role", async || is_good(&mesh, &key).await.then_some(())).await;

    let mut root = mesh.root().await;
    let user_id = ada.clone();
    root.block_user(BlockUserRequest { user_id, ..BlockUserRequest::default() }).await.expect("blocked");
    until("the blocking", async || (!is_good(&mesh, &key).await).then_some(())).await;
    root.unblock_user(UnblockUserRequest { user_id: ada, ..UnblockUserRequest::default() }).await.expect("unblocked");
    until("the unblocking", async || is_good(&mesh, &key).await.then_some(())).await;
}

#[tokio::test]
async fn another_password_leaves_keys_alone_unless_asked() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let key = key(&mesh).await;
    let mut ada = mesh.auth_in(0, &mesh.sign_in(0, ADA).await).await;
    ada.end_sessions(EndSessionsRequest { keep_current: true, ..EndSessionsRequest::default() }).await.expect("ended");
    let mut change = async |old: &str, new: &str, revoke_api_keys| {
        let (old_password, new_password) = (old.to_owned(), new.to_owned());
        let request = ChangePasswordRequest { old_password, new_password, revoke_api_keys };
        ada.change_password(request).await.expect("changed").into_inner().revoked
    };
    assert_eq!(change(PASSWORD, "an entirely new one", false).await, 0);
    assert!(is_good(&mesh, &key).await);
    assert_eq!(change("an entirely new one", "yet another new one", true).await, 1);
    assert!(!is_good(&mesh, &key).await);
}

#[tokio::test]
async fn with_a_key_nobody_changes_how_somebody_signs_in() {
    let mesh = Mesh::start().await;
    mesh.sign_up(ADA).await;
    let (session, key) = (mesh.sign_in(0, ADA).await, key(&mesh).await);
    let internal = mesh.introspect(0, &key.secret).await.expect("good").internal_token;
    let mut program = mesh.auth_as_user(0, &internal);
    program.list_api_keys(ListApiKeysRequest::default()).await.expect("it may look");
    let refused = [
        program.create_api_key(wanted(&mesh, 1)).await.refused(),
        program.revoke_api_key(revoking(id_of(&key))).await.refused(),
        program.end_session(EndSessionRequest { session_id: session.session_id.clone() }).await.refused(),
        program.end_sessions(EndSessionsRequest::default()).await.refused(),
        program.logout(LogoutRequest {}).await.refused(),
        program
            .change_password(ChangePasswordRequest {
                old_password: PASSWORD.to_owned(),
                new_password: "an entirely new one".to_owned(),
                revoke_api_keys: true,
            })
            .await
            .refused(),
    ];
    assert_eq!(refused, [NOT_ALLOWED; 6]);
    assert!(is_good(&mesh, &key).await && mesh.introspect(1, &session.token).await.is_some());
}
