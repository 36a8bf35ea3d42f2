//! Who may become what.

use labelmesh_errors::Reason;
use labelmesh_proto::r#type::v1::Role;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Refusal as _, Running, anyone};

#[tokio::test]
async fn anybody_signs_up_and_the_address_gets_its_one_spelling() {
    let users = Running::start().await;
    let user = users.as_nobody().create_user(anyone("Ada@Example.COM")).await.expect("created").into_inner();
    assert_eq!(user.email, "ada@example.com");
    assert_eq!(user.roles, [Role::Operator as i32]);
    assert_eq!(user.name, "Ada");
    assert_eq!(users.created_events().await, [user.user_id]);
}

#[tokio::test]
async fn an_address_is_taken_in_any_spelling() {
    let users = Running::start().await;
    users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created");
    let refused = users.as_nobody().create_user(anyone("ADA@example.com")).await.refused();
    assert_eq!(refused, (Code::AlreadyExists, Some(Reason::EmailTaken)));
    assert_eq!(users.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(users.count("SELECT count(*) FROM credential").await, 1);
}

#[tokio::test]
async fn of_many_at_once_one_gets_the_address() {
    let users = Running::start().await;
    let attempts = (0..8).map(|_| {
        let mut client = users.as_nobody();
        async move { client.create_user(anyone("ada@example.com")).await }
    });
    let results = futures::future::join_all(attempts).await;
    let created = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(created, 1);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(result.refused(), (Code::AlreadyExists, Some(Reason::EmailTaken)));
    }
}

#[tokio::test]
async fn only_administrators_make_administrators() {
    let users = Running::start().await;
    let mut request = anyone("root@example.com");
    request.roles = vec![Role::Operator.into(), Role::Administrator.into()];
    let refusal = (Code::PermissionDenied, Some(Reason::RoleNotOpen));
    assert_eq!(users.as_nobody().create_user(request.clone()).await.refused(), refusal);
    assert_eq!(users.as_somebody(&[Role::Client]).create_user(request.clone()).await.refused(), refusal);
    let user = users.as_somebody(&[Role::Administrator]).create_user(request).await.expect("created").into_inner();
    assert_eq!(user.roles, [Role::Operator as i32, Role::Administrator as i32]);
}

#[tokio::test]
async fn a_role_that_configuration_closes_is_closed() {
    let users = Running::start_with(|config| config.signup.roles = vec![users::PublicRole::Client]).await;
    let refused = users.as_nobody().create_user(anyone("ada@example.com")).await.refused();
    assert_eq!(refused, (Code::PermissionDenied, Some(Reason::RoleNotOpen)));
}

#[tokio::test]
async fn a_password_that_breaks_a_rule_is_refused_by_name() {
    let users = Running::start().await;
    for password in ["short", &"x".repeat(73), &"é".repeat(37), "vq7!kzPw\0", "password", "12345678", "labelmesh"] {
        let mut request = anyone("ada@example.com");
        request.password = password.to_owned();
        let status = users.as_nobody().create_user(request).await.expect_err("refused");
        assert_eq!(status.code(), Code::InvalidArgument);
        let violations = status.get_details_bad_request().expect("violations").field_violations;
        assert_eq!(violations[0].field, "password");
        assert!(!violations[0].description.is_empty());
    }
    let mut request = anyone("ada@example.com");
    request.password = "vq7!kzPw-".repeat(8);
    users.as_nobody().create_user(request).await.expect("72 bytes are accepted");
}

#[tokio::test]
async fn every_broken_rule_of_a_field_names_it() {
    let users = Running::start().await;
    type Break = fn(&mut labelmesh_proto::users::v1::CreateUserRequest);
    let breaks: [(&str, Break); 7] = [
        ("email", |request| request.email = "nobody".into()),
        ("email", |request| request.email = "try..this@example.com".into()),
        ("email", |request| request.email = "this.@example.com".into()),
        ("email", |request| request.email = "root@localhost".into()),
        ("name", |request| request.name = "a\r\nb".into()),
        ("surname", |request| request.surname = "x".repeat(101)),
        ("roles", |request| request.roles.clear()),
    ];
    for (field, break_it) in breaks {
        let mut request = anyone("ada@example.com");
        break_it(&mut request);
        let status = users.as_nobody().create_user(request).await.expect_err("refused");
        let violations = status.get_details_bad_request().expect("violations").field_violations;
        assert_eq!(violations[0].field, field);
    }
}

#[tokio::test]
async fn what_is_stored_is_a_bcrypt_hash_of_the_configured_cost() {
    let users = Running::start().await;
    users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created");
    assert_eq!(users.count("SELECT count(*) FROM credential WHERE password_hash LIKE '$2b$04$%'").await, 1);
    // Nothing in the request table knows the password either: it is not part of the fingerprint.
    assert_eq!(users.count("SELECT count(*) FROM mesh.request").await, 1);
}
