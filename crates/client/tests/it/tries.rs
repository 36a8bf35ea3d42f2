//! What is tried again, and what is not.

use std::time::Duration;

use labelmesh_client::Options;
use labelmesh_deadline::{Deadline, scope};
use labelmesh_errors::Reason;
use tokio::time::Instant;
use tonic::Code;

use crate::fake::{Answer, Server, get_task, login, peer};

#[tokio::test]
async fn what_may_be_repeated_is_tried_again_until_it_succeeds() {
    let unavailable = Answer::Refused(Reason::Unavailable);
    let server = Server::start(&[unavailable.clone(), unavailable, Answer::Ok]).await;
    assert_eq!(get_task(&peer(&[server.address], Options::default())).await, Ok(()));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn three_tries_are_enough() {
    let server = Server::start(&[Answer::Refused(Reason::Unavailable)]).await;
    assert_eq!(get_task(&peer(&[server.address], Options::default())).await, Err(Code::Unavailable));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn what_must_not_be_repeated_is_tried_once() {
    let server = Server::start(&[Answer::Refused(Reason::Unavailable)]).await;
    assert_eq!(login(&peer(&[server.address], Options::default())).await, Err(Code::Unavailable));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn other_failures_are_answers_and_stay() {
    for reason in [Reason::NotFound, Reason::Overloaded, Reason::Internal, Reason::Conflict, Reason::DeadlineExceeded] {
        let server = Server::start(&[Answer::Refused(reason)]).await;
        assert_eq!(get_task(&peer(&[server.address], Options::default())).await, Err(reason.code()));
        assert_eq!(server.asked().len(), 1, "{reason:?}");
    }
}

#[tokio::test]
async fn a_peer_that_asks_for_time_gets_it() {
    let server = Server::start(&[Answer::ComeBack(Duration::from_millis(120)), Answer::Ok]).await;
    let began = Instant::now();
    assert_eq!(get_task(&peer(&[server.address], Options::default())).await, Ok(()));
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn where_there_is_no_time_for_it_the_failure_is_told_at_once() {
    let server = Server::start(&[Answer::ComeBack(Duration::from_secs(30)), Answer::Ok]).await;
    let peer = peer(&[server.address], Options::default());
    let began = Instant::now();
    let answer = scope(Deadline::after(Duration::from_secs(20)), get_task(&peer)).await;
    assert_eq!(answer, Err(Code::Unavailable));
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(server.asked().len(), 1);
}
