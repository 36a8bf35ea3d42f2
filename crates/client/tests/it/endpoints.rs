//! Several endpoints, some of them gone.

use std::time::Duration;

use labelmesh_client::Options;
use tokio::time::Instant;
use tonic::Code;

use crate::fake::{Answer, Server, get_task, login, nobody, peer};

#[tokio::test]
async fn calls_are_spread_over_the_endpoints() {
    let servers = [Server::start(&[Answer::Ok]).await, Server::start(&[Answer::Ok]).await];
    let peer = peer(&servers.each_ref().map(|server| server.address), Options::default());
    for _ in 0..60 {
        get_task(&peer).await.expect("answered");
    }
    assert!(servers.iter().all(|server| server.asked().len() > 10));
}

#[tokio::test]
async fn a_call_that_could_not_be_sent_goes_elsewhere_even_where_it_must_not_be_repeated() {
    let server = Server::start(&[Answer::Ok]).await;
    let peer = peer(&[nobody().await, nobody().await, server.address], Options::default());
    for _ in 0..20 {
        assert_eq!(login(&peer).await, Ok(()));
    }
    assert_eq!(server.asked().len(), 20);
}

#[tokio::test]
async fn a_replica_that_dies_is_replaced_by_the_other() {
    let (dying, staying) = (Server::start(&[Answer::Ok]).await, Server::start(&[Answer::Ok]).await);
    let peer = peer(&[dying.address, staying.address], Options::default());
    for _ in 0..20 {
        get_task(&peer).await.expect("answered");
    }
    drop(dying);
    for _ in 0..20 {
        get_task(&peer).await.expect("answered by the other");
    }
}

#[tokio::test]
async fn when_all_are_down_the_answer_comes_quickly() {
    let peer = peer(&[nobody().await, nobody().await], Options::default());
    let began = Instant::now();
    assert_eq!(login(&peer).await, Err(Code::Unavailable));
    assert_eq!(get_task(&peer).await, Err(Code::Unavailable));
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn without_endpoints_there_is_nobody_to_ask() {
    assert_eq!(get_task(&peer(&[], Options::default())).await, Err(Code::Unavailable));
}
