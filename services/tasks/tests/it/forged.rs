//! Whoever reaches the broker decides nothing: neither without being let in, nor as another service, nor at all.

use async_nats::{ConnectErrorKind, HeaderMap, header::NATS_MESSAGE_ID, jetstream};
use futures::StreamExt as _;
use labelmesh_proto::event::Event as _;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use labelmesh_proto::tasks::v1::TaskState;
use labelmesh_testkit::TestBroker;
use prost::Message as _;
use uuid::Uuid;

use crate::harness::{Harness, decided};

/// How many messages are where the decisions of subtasks are.
async fn stored(broker: &TestBroker) -> u64 {
    let jetstream = jetstream::new(broker.client().await);
    let stream = jetstream.get_stream(format!("{}-subtasks", broker.prefix())).await.expect("the stream");
    stream.cached_info().state.messages
}

fn subject(broker: &TestBroker) -> String {
    format!("{}.{}", broker.prefix(), SubtaskDecided::SUBJECT)
}

#[tokio::test]
async fn nobody_but_subtasks_reaches_where_decisions_are() {
    let nats = labelmesh_testkit::own_nats().await;
    let broker = TestBroker::create_on(&nats);
    let anonymous = async_nats::connect(broker.url()).await.expect_err("nobody is let in without a key");
    assert_eq!(anonymous.kind(), ConnectErrorKind::AuthorizationViolation);

    let witness = broker.client().await;
    let mut heard = witness.subscribe(">").await.expect("a subscription");
    witness.publish("known", "".into()).await.expect("sent");
    assert_eq!(heard.next().await.expect("a message").subject.as_str(), "known");
    for service in ["gateway", "auth", "users", "tasks", "notify"] {
        let client = broker.client_of(service).await;
        client.publish(subject(&broker), SubtaskDecided::default().encode_to_vec().into()).await.expect("sent");
        let last = format!("labelmesh.hint.{service}.last");
        client.publish(last.clone(), "".into()).await.expect("sent");
        assert_eq!(heard.next().await.expect("a message").subject.as_str(), last);
    }
}

/// The broker believes its administrator; tasks does not.
#[tokio::test]
async fn forged_decisions_complete_no_task() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 3).await;
    let broker = harness.broker();
    let jetstream = jetstream::new(broker.client().await);
    for (number, (image, signature)) in images.iter().flat_map(|image| [(image, ""), (image, "AAAA")]).enumerate() {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, Uuid::from_u128(number as u128).to_string());
        if !signature.is_empty() {
            headers.insert("Labelmesh-Signature", signature);
        }
        let forged = SubtaskDecided { version: 9999, ..decided(&task, image, "dog") };
        let sent = jetstream.publish_with_headers(subject(broker), headers, forged.encode_to_vec().into()).await;
        sent.expect("sent").await.expect("the broker lets its administrator");
    }
    assert_eq!(stored(broker).await, 6);
    harness.drained().await;
    let after = client.get(&task.task_id).await.expect("found");
    assert_eq!((after.state(), after.decided), (TaskState::Open, 0));
    assert_eq!(harness.number("SELECT count(*) FROM decision").await, 0);
    assert_eq!(harness.dead_letters().await, 6, "put away, to be looked at");

    // What subtasks says is believed, and a lower version than the forged ones wins.
    let genuine: Vec<SubtaskDecided> = images.iter().map(|image| decided(&task, image, "cat")).collect();
    harness.publish_decided(&genuine).await;
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    let results = client.results(&task.task_id, 0, "").await.expect("a page").results;
    assert!(results.iter().all(|result| result.label == "cat"));
}
