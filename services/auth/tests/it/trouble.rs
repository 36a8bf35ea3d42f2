//! What is not the caller's fault is neither called a wrong password nor counted as one.

use labelmesh_errors::Reason;
use tonic::Code;

use crate::support::{Mesh, Refusal as _, credentials};

#[tokio::test]
async fn without_users_nobody_can_tell_whether_a_password_is_right() {
    let mut mesh = Mesh::start_with(|config| config.attempts.per_account = 2).await;
    mesh.sign_up("ada@example.com").await;
    mesh.stop_users().await;
    for _ in 0..6 {
        let refused = mesh.auth(0).login(credentials("ada@example.com")).await.refused();
        assert_eq!(refused, (Code::Unavailable, Some(Reason::Unavailable)));
    }
    assert_eq!(mesh.count("SELECT coalesce(sum(failures), 0)::bigint FROM attempt").await, 0);
    assert_eq!(mesh.hashers[0].computed(), 0);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_counts_against_nobody() {
    let mesh = Mesh::start().await;
    mesh.sign_up("ada@example.com").await;
    let places: Vec<_> = std::iter::from_fn(|| mesh.hashers[0].reserve().ok()).collect();
    let refused = mesh.auth(0).login(credentials("ada@example.com")).await.refused();
    assert_eq!(refused, (Code::ResourceExhausted, Some(Reason::Overloaded)));
    assert_eq!(mesh.count("SELECT count(*) FROM attempt").await, 0);
    drop(places);
    mesh.auth(0).login(credentials("ada@example.com")).await.expect("signed in");
}
