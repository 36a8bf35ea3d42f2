//! What is not the caller's fault is neither called a wrong password nor counted as one.

use std::time::Duration;

use labelmesh_errors::Reason;
use labelmesh_testkit::until;
use tokio::net::TcpListener;
use tonic::{Code, Request};

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

#[tokio::test]
async fn a_caller_who_leaves_before_the_answer_is_not_counted() {
    // Takes connections, into its backlog, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let uri = format!("http://{}", silent.local_addr().expect("a bound port")).parse().expect("a URI");
    let mesh = Mesh::start_with(|config| config.users.endpoints = vec![uri]).await;
    let mut request = Request::new(credentials("ada@example.com"));
    // Long enough for the attempt to be counted on a busy machine, and less than users are given for an answer.
    request.set_timeout(Duration::from_millis(1500));
    let refused = mesh.auth(0).login(request).await.refused();
    assert_eq!(refused.0, Code::DeadlineExceeded);
    // The attempt was counted at its beginning; now it is taken back, a moment after the caller has left.
    assert_eq!(mesh.count("SELECT count(*) FROM attempt").await, 3);
    until("the taking back", async || (mesh.count("SELECT sum(failures) FROM attempt").await == 0).then_some(())).await;
}
