use chrono::{DateTime, TimeDelta};
use labelmesh_clock::Random;
use labelmesh_ids::{SessionId, UserId};

use super::*;
use crate::{KeyPair, Role, ServiceSigner, UserSigner};

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
    let verifier = Verifier::new("users", [("gateway".to_owned(), gateway.public())], keys, clock.clone());
    Mesh { clock, auth, gateway, verifier }
}

fn somebody() -> User {
    User {
        user_id: UserId::new(DateTime::UNIX_EPOCH, [1; 10]),
        session_id: Some(SessionId::new(DateTime::UNIX_EPOCH, [2; 10])),
        roles: vec![Role::Client, Role::Operator],
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
async fn a_service_token_is_valid_at_its_audience_alone() {
    let mesh = mesh();
    let signer = ServiceSigner::new("gateway", mesh.gateway.clone(), mesh.clock.clone());
    let verified = mesh.verifier.verify(&signer.sign("users")).await.expect("valid");
    assert_eq!(verified, Principal::Service("gateway".into()));
    assert_eq!(refused(&mesh, &signer.sign("tasks")).await, Reason::NotSignedIn);
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
