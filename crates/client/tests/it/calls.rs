//! Credentials and deadlines.

use std::time::Duration;

use chrono::DateTime;
use labelmesh_client::Options;
use labelmesh_clock::{Clock, Random};
use labelmesh_deadline::{Deadline, read, scope};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::{KeyList, KeyPair, Principal, ServiceSigner, UserKeys, Verifier};
use labelmesh_proto::tasks::v1::{GetTaskRequest, task_service_client::TaskServiceClient};
use tokio::time::Instant;
use tonic::Code;

use crate::fake::{Answer, Server, get_task, peer, watch_task};

#[tokio::test]
async fn calls_carry_whose_they_are() {
    let server = Server::start(&[Answer::Ok]).await;
    let peer = peer(&[server.address], Options::default());
    let (key, clock) = (KeyPair::generate(&Random::seeded(1)), Clock::manual(DateTime::UNIX_EPOCH));
    let signer = ServiceSigner::new("gateway", key.clone(), clock.clone());
    for service in [peer.plain(), peer.as_user("token"), peer.as_service(&signer)] {
        TaskServiceClient::new(service).get_task(GetTaskRequest::default()).await.expect("answered");
    }
    let asked = server.asked();
    let authorization = |index: usize| asked[index].get("authorization").map(|value| value.to_str().expect("ASCII"));
    assert_eq!(authorization(0), None);
    assert_eq!(authorization(1), Some("Bearer token"));
    let token = authorization(2).and_then(|value| value.strip_prefix("Bearer ")).expect("a token");
    let keys = UserKeys::fixed([].into_iter().collect());
    let services = [("gateway".to_owned(), KeyList::one(key.public()))];
    let verifier = Verifier::new("tasks", services, keys, clock);
    assert_eq!(verifier.verify(token).await.expect("valid"), Principal::Service("gateway".into()));
}

#[tokio::test]
async fn a_call_gets_the_contracts_deadline_or_what_is_left_of_the_callers() {
    let server = Server::start(&[Answer::Ok]).await;
    let peer = peer(&[server.address], Options::default());
    get_task(&peer).await.expect("answered");
    scope(Deadline::after(Duration::from_millis(900)), get_task(&peer)).await.expect("answered");
    let given =
        server.asked().iter().map(|headers| read(headers).expect("valid").expect("a timeout")).collect::<Vec<_>>();
    assert!((Duration::from_millis(900)..=Duration::from_secs(2)).contains(&given[0]), "{given:?}");
    assert!(given[1] <= Duration::from_millis(900), "{given:?}");
}

#[tokio::test]
async fn a_peer_that_never_answers_exceeds_the_deadline() {
    let server = Server::start(&[Answer::Never]).await;
    let peer = peer(&[server.address], Options::default());
    let mut client = TaskServiceClient::new(peer.plain());
    let began = Instant::now();
    let call = client.get_task(GetTaskRequest::default());
    let late = scope(Deadline::after(Duration::from_millis(200)), call).await.expect_err("late");
    assert_eq!((late.code(), reason_of(&late)), (Code::DeadlineExceeded, Some(Reason::DeadlineExceeded)));
    assert!((Duration::from_millis(200)..Duration::from_millis(1900)).contains(&began.elapsed()));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_call_without_time_left_is_not_made() {
    let server = Server::start(&[Answer::Ok]).await;
    let peer = peer(&[server.address], Options::default());
    let answer = scope(Deadline::after(Duration::ZERO), get_task(&peer)).await;
    assert_eq!(answer, Err(Code::DeadlineExceeded));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_unavailable_and_tells_nothing_of_the_wire() {
    let server = Server::start(&[Answer::Breaks]).await;
    let broken = watch_task(&peer(&[server.address], Options::default())).await.expect_err("cut off");
    assert_eq!(broken.code(), Code::Unavailable);
    assert_eq!(broken.message(), "tasks can't be reached at present");
}
