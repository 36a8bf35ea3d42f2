//! What somebody learns who does not know the password: nothing.

use labelmesh_errors::Reason;
use labelmesh_proto::auth::v1::LoginRequest;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Mesh, Refusal as _, credentials};

fn wrong(email: &str) -> LoginRequest {
    LoginRequest { password: "not the password".into(), ..credentials(email) }
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_the_same_to_the_bit_and_cost_the_same() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let mut answers = Vec::new();
    for email in ["ada@example.com", "eve@example.com", "no address at all"] {
        let before = mesh.hashers[0].computed();
        let status = mesh.auth(0).login(wrong(email)).await.expect_err("refused");
        // Not measured by a clock: each is exactly one computation, at one cost.
        assert_eq!(mesh.hashers[0].computed() - before, 1, "{email}");
        answers.push((status.code(), status.message().to_owned(), status.details().to_vec()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(
        mesh.auth(0).login(wrong("ada@example.com")).await.refused(),
        (Code::Unauthenticated, Some(Reason::CredentialsWrong))
    );
}

#[tokio::test]
async fn neither_the_decoy_nor_a_doubled_password_lets_anybody_in() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let password = credentials("").password;
    for (email, password) in [
        ("eve@example.com", password.clone()),
        // bcrypt repeats password and NUL, so these two hash alike.
        ("ada@example.com", format!("{password}\0{password}")),
        ("ada@example.com", "\0".into()),
    ] {
        let refused = mesh.auth(0).login(LoginRequest { email: email.into(), password }).await.refused();
        assert_eq!(refused, (Code::Unauthenticated, Some(Reason::CredentialsWrong)));
    }
}

#[tokio::test]
async fn a_password_that_is_too_long_is_refused_by_name_and_not_truncated() {
    let mesh = Mesh::start().await;
    let request = LoginRequest { password: "x".repeat(73), ..credentials("ada@example.com") };
    let status = mesh.auth(0).login(request).await.expect_err("refused");
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = status.get_details_bad_request().expect("violations").field_violations;
    assert_eq!(violations[0].field, "password");
    assert_eq!(mesh.hashers[0].computed(), 0);
}
