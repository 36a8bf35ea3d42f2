use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta};
use labelmesh_clock::Random;
use labelmesh_ids::{SessionId, UserId};

use super::*;
use crate::{KeyPair, KeySet, Role, ServiceSigner, UserSigner};

struct Mesh {
    clock: Clock,
    auth: KeyPair,
    gateway: KeyPair,
    /// What the service `users` verifies with.
    verifier: Verifier,
}

fn mesh() -> Mesh {
    let (random, clock) =
        (Random::seeded(1), Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time")));
    let (auth, gateway) = (KeyPair::generate(&random), KeyPair::generate(&random));
    let keys = UserKeys::fixed([auth.public()].into_iter().collect());
    let services = [("gateway".to_owned(), KeyList::one(gateway.public()))];
    let verifier = Verifier::new("users", services, keys, clock.clone());
    Mesh { clock, auth, gateway, verifier }
}

fn somebody() -> User {
    User {
        user_id: UserId::new(DateTime::UNIX_EPOCH, [1; 10]),
        session_id: Some(SessionId::new(DateTime::UNIX_EPOCH, [2; 10])),
        roles: vec![Role::Client, Role::Operator],
        confirmed: false,
    }
}

async fn refused(mesh: &Mesh, token: &str) -> Reason {
    mesh.verifier.verify(token).await.expect_err("refused").reason()
}

#[tokio::test]
async fn a_user_token_stands_for_its_user_until_it_expires() {
    let mesh = mesh();
    let (token, expires_at) = UserSigner::new(mesh.auth.clone(), mesh.clock.clone()).sign(&somebody());
    assert_eq!(expires_at, mesh.clock.now() + TOKEN_LIFETIME);
    assert_eq!(mesh.verifier.verify(&token).await.expect("valid"), Principal::User(somebody()));
    mesh.clock.advance(TimeDelta::seconds(60 + LEEWAY));
    assert_eq!(refused(&mesh, &token).await, Reason::NotSignedIn);
}

#[tokio::test]
async fn a_user_token_for_a_service_is_good_there_alone() {
    let mesh = mesh();
    let signer = UserSigner::new(mesh.auth.clone(), mesh.clock.clone());
    let (tokens, expires_at) = signer.sign_for(&somebody(), &["tasks", "users"]);
    assert_eq!(expires_at, mesh.clock.now() + TOKEN_LIFETIME);
    // What the release before asks for alone.
    for token in &tokens {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("three parts")).expect("base64url");
        let claims: Claims = serde_json::from_slice(&claims).expect("claims");
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), (USER_ISSUER, USER_AUDIENCE));
    }
    assert_eq!(refused(&mesh, &tokens[0]).await, Reason::NotSignedIn);
    assert_eq!(mesh.verifier.verify(&tokens[1]).await.expect("for users"), Principal::User(somebody()));
}

#[tokio::test]
async fn whoever_signs_audiences_of_their_own_later_is_understood_already() {
    let mesh = mesh();
    let claims = |aud: &str| Claims {
        iss: USER_ISSUER.into(),
        sub: somebody().user_id.to_string(),
        aud: aud.into(),
        exp: expiry(mesh.clock.now(), TOKEN_LIFETIME),
        iat: mesh.clock.now().timestamp(),
        unconfirmed: false,
        svc: None,
        sid: None,
        roles: Vec::new(),
    };
    assert!(mesh.verifier.verify(&claims("users").sign(&mesh.auth)).await.is_ok());
    assert_eq!(refused(&mesh, &claims("tasks").sign(&mesh.auth)).await, Reason::NotSignedIn);
}

#[tokio::test]
async fn a_service_token_is_valid_at_its_audience_alone() {
    let mesh = mesh();
    let signer = ServiceSigner::new("gateway", mesh.gateway.clone(), mesh.clock.clone());
    let verified = mesh.verifier.verify(&signer.sign("users")).await.expect("valid");
    assert_eq!(verified, Principal::Service("gateway".into()));
    assert_eq!(refused(&mesh, &signer.sign("tasks")).await, Reason::NotSignedIn);
}

#[tokio::test]
async fn each_key_of_a_service_is_its_own_while_it_is_listed() {
    let mesh = mesh();
    let (new, users) = (KeyPair::generate(&Random::seeded(7)), UserKeys::fixed(KeySet::default()));
    let listed = |keys: Vec<PublicKey>| {
        let keys = KeyList::try_from(keys).expect("different ones");
        Verifier::new("users", [("gateway".to_owned(), keys)], users.clone(), mesh.clock.clone())
    };
    let [by_old, by_new] =
        [&mesh.gateway, &new].map(|key| ServiceSigner::new("gateway", key.clone(), mesh.clock.clone()).sign("users"));
    for both in [vec![new.public(), mesh.gateway.public()], vec![mesh.gateway.public(), new.public()]] {
        for token in [&by_old, &by_new] {
            let verified = listed(both.clone()).verify(token).await.expect("valid");
            assert_eq!(verified, Principal::Service("gateway".into()));
        }
    }
    let refused = listed(vec![new.public()]).verify(&by_old).await.expect_err("taken out").reason();
    assert_eq!(refused, Reason::NotSignedIn);
}

#[tokio::test]
async fn a_service_key_vouches_neither_for_a_user_nor_for_another_service() {
    let mesh = mesh();
    let (user_token, _) = UserSigner::new(mesh.gateway.clone(), mesh.clock.clone()).sign(&somebody());
    assert_eq!(refused(&mesh, &user_token).await, Reason::NotSignedIn);
    let other = ServiceSigner::new("auth", mesh.gateway.clone(), mesh.clock.clone()).sign("users");
    assert_eq!(refused(&mesh, &other).await, Reason::NotSignedIn);
    let by_auth = ServiceSigner::new("gateway", mesh.auth.clone(), mesh.clock.clone()).sign("users");
    assert_eq!(refused(&mesh, &by_auth).await, Reason::NotSignedIn);
}

#[tokio::test]
async fn damaged_foreign_and_unsigned_tokens_are_refused() {
    let mesh = mesh();
    let (token, _) = UserSigner::new(mesh.auth.clone(), mesh.clock.clone()).sign(&somebody());
    let stranger = KeyPair::generate(&Random::seeded(99));
    let (foreign, _) = UserSigner::new(stranger, mesh.clock.clone()).sign(&somebody());
    let payload = token.split('.').nth(1).expect("three parts");
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    let cut = token[..token.len() - 2].to_owned();
    for token in [foreign, unsigned, cut, String::new(), "a.b.c".to_owned()] {
        assert_eq!(refused(&mesh, &token).await, Reason::NotSignedIn, "{token}");
    }
}

#[tokio::test]
async fn a_token_from_the_far_future_is_refused() {
    let mesh = mesh();
    let ahead = Clock::manual(mesh.clock.now() + TimeDelta::hours(1));
    let (token, _) = UserSigner::new(mesh.auth.clone(), ahead).sign(&somebody());
    assert_eq!(refused(&mesh, &token).await, Reason::NotSignedIn);
}
