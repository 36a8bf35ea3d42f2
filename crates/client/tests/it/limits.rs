//! The circuit breaker and the bulkhead.

use std::time::Duration;

use labelmesh_client::Options;
use labelmesh_deadline::{Deadline, scope};
use labelmesh_errors::Reason;
use tonic::Code;

use crate::fake::{Answer, Server, get_task, login, peer};

#[tokio::test]
async fn the_breaker_of_one_method_opens_and_the_others_stay_closed() {
    let server = Server::start(&[Answer::Refused(Reason::Unavailable)]).await;
    let peer = peer(&[server.address], Options::default());
    for _ in 0..20 {
        assert_eq!(login(&peer).await, Err(Code::Unavailable));
    }
    assert_eq!(server.asked().len(), 5);
    server.answers(Answer::Ok);
    assert_eq!(get_task(&peer).await, Ok(()));
}

#[tokio::test]
async fn answers_that_are_not_taken_neither_open_the_breaker_nor_pass_the_endpoint_over() {
    let server = Server::start(&[Answer::Wordy]).await;
    let peer = peer(&[server.address], Options::default());
    for _ in 0..20 {
        assert_eq!(login(&peer).await, Err(Code::Internal));
    }
    assert_eq!(server.asked().len(), 20);
    server.answers(Answer::Ok);
    assert_eq!(login(&peer).await, Ok(()));
}

#[tokio::test]
async fn a_caller_in_a_hurry_does_not_open_the_breaker_for_everybody() {
    let server = Server::start(&[Answer::Never]).await;
    let peer = peer(&[server.address], Options::default());
    for _ in 0..8 {
        let answer = scope(Deadline::after(Duration::from_millis(30)), get_task(&peer)).await;
        assert_eq!(answer, Err(Code::DeadlineExceeded));
    }
    server.answers(Answer::Ok);
    assert_eq!(get_task(&peer).await, Ok(()));
}

#[tokio::test]
async fn a_full_bulkhead_refuses_at_once_and_is_given_back() {
    let server = Server::start(&[Answer::Never]).await;
    let peer = peer(&[server.address], Options { calls: 1, ..Options::default() });
    let waiting = tokio::spawn({
        let peer = peer.clone();
        async move { get_task(&peer).await }
    });
    server.is_asked().await;
    assert_eq!(get_task(&peer).await, Err(Code::ResourceExhausted));
    waiting.abort();
    let _ = waiting.await;
    server.answers(Answer::Ok);
    assert_eq!(get_task(&peer).await, Ok(()));
}
