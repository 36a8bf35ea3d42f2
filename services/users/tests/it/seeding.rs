//! The first administrator.

use labelmesh_errors::Reason;
use labelmesh_proto::{
    r#type::v1::Role,
    users::v1::{LookupCredentialRequest, LookupCredentialResponse},
};
use labelmesh_testkit::until;
use secrecy::SecretString;
use tonic::Code;

use crate::support::{Refusal as _, Running, anyone};

const EMAIL: &str = "root@example.com";
const COUNT: &str = "SELECT count(*) FROM users WHERE roles @> '{3}'";

fn seeded(config: &mut users::Config) {
    config.seed.administrator_email = Some("Root@Example.com".into());
    config.seed.administrator_password = Some(SecretString::from("a password of the operator's choice"));
}

/// Waits for the background task.
async fn administrator(users: &Running) -> LookupCredentialResponse {
    until("the administrator", async || {
        let request = LookupCredentialRequest { email: EMAIL.into(), ..Default::default() };
        let found = users.as_service("auth").lookup_credential(request).await.expect("an answer").into_inner();
        (!found.user_id.is_empty()).then_some(found)
    })
    .await
}

#[tokio::test]
async fn of_replicas_that_start_at_once_one_makes_the_administrator() {
    let mut users = Running::start().await;
    seeded(&mut users.config);
    let replicas = futures::future::join_all((0..4).map(|_| users.replica())).await;
    let found = administrator(&users).await;
    assert_eq!(found.roles, [i32::from(Role::Administrator)]);
    let password = "a password of the operator's choice";
    assert!(bcrypt::verify(password, &found.password_hash).expect("a bcrypt hash"));
    for replica in replicas {
        replica.shutdown().await.expect("it stops");
    }
    assert_eq!(users.count(COUNT).await, 1);
    assert_eq!(users.created_events().await, [found.user_id]);
}

#[tokio::test]
async fn where_somebody_administers_nobody_is_made() {
    let mut users = Running::start().await;
    let mut request = anyone("first@example.com");
    request.roles = vec![Role::Administrator.into()];
    users.as_somebody(&[Role::Administrator]).create_user(request).await.expect("created");
    seeded(&mut users.config);
    users.replica().await.shutdown().await.expect("it stops");
    assert_eq!(users.count(COUNT).await, 1);
    assert_eq!(users.count("SELECT count(*) FROM users WHERE email = 'root@example.com'").await, 0);
}

#[tokio::test]
async fn whoever_took_the_address_before_is_not_made_administrator() {
    let mut users = Running::start().await;
    users.as_nobody().create_user(anyone(EMAIL)).await.expect("created");
    seeded(&mut users.config);
    users.replica().await.shutdown().await.expect("it stops");
    assert_eq!(users.count(COUNT).await, 0);
    let refused = users.as_nobody().create_user(anyone(EMAIL)).await.refused();
    assert_eq!(refused, (Code::AlreadyExists, Some(Reason::EmailTaken)));
}

#[tokio::test]
async fn without_a_password_that_keeps_the_rules_it_does_not_start() {
    let users = Running::start().await;
    for password in [Some("short"), None] {
        let mut config = users.config.clone();
        config.seed.administrator_email = Some(EMAIL.into());
        config.seed.administrator_password = password.map(SecretString::from);
        let surroundings = labelmesh_service::Surroundings::system();
        let refused = users::start(config, surroundings).await.expect_err("it does not start");
        assert!(format!("{refused:#}").contains("seed.administrator_password"), "{refused:#}");
    }
}
