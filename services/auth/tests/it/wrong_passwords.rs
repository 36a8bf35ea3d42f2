//! What somebody learns who does not know the password: nothing.

use labelmesh_errors::Reason;
use labelmesh_proto::auth::v1::LoginRequest;
use tokio::time::Instant;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::support::{Mesh, Refusal as _, chance_of_less, credentials};

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
async fn an_unknown_user_and_a_wrong_password_take_the_same_time() {
    // What a chance as good as this one's says of 1,000 tries each is within 0.013 of a half, more often than not.
    const TRIES: usize = 1_000;
    const TELLING: f64 = 0.1;
    let mesh = Mesh::start_with(|config| {
        config.attempts.per_account = u32::MAX / 4;
        config.attempts.per_network = u32::MAX / 4;
    })
    .await;
    mesh.sign_up("ada@example.com").await;
    let mut auth = mesh.auth(0);
    let mut took = [Vec::new(), Vec::new()];
    // By turns, so that what else the machine does falls on both alike.
    for attempt in 0..2 * TRIES {
        let which = (attempt + attempt / 2) % 2;
        let guess = wrong(["ada@example.com", "eve@example.com"][which]);
        let began = Instant::now();
        auth.login(guess).await.expect_err("refused");
        took[which].push(began.elapsed());
    }
    let chance = chance_of_less(&took[0], &took[1]);
    assert!((chance - 0.5).abs() < TELLING, "with a chance of {chance:.3} it takes less time to be a known user");
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
        let refused = mesh
            .auth(0)
            .login(LoginRequest { email: email.into(), password, ..LoginRequest::default() })
            .await
            .refused();
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
