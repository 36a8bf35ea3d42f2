//! An event is believed for who signed it, not for where it stands.

use async_nats::{HeaderMap, header::NATS_MESSAGE_ID};
use labelmesh_events::{DeadLetters, Event as _, Heard, Relay};
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_testkit::until;
use prost::Message as _;
use tokio::sync::mpsc::unbounded_channel;
use uuid::Uuid;

use crate::fixture::{System, number, opened};
use crate::work::{replica, take};

/// Stores a message where the events of tasks are, past the crate of events.
async fn store(system: &System, id: u128, headers: &[(&'static str, &str)], event: &TaskOpened) {
    let mut all = HeaderMap::new();
    all.insert(NATS_MESSAGE_ID, Uuid::from_u128(id).to_string());
    headers.iter().for_each(|(name, value)| all.insert(*name, *value));
    let jetstream = async_nats::jetstream::new(system.broker.client().await);
    let subject = format!("{}.{}", system.broker.prefix(), TaskOpened::SUBJECT);
    let sent = jetstream.publish_with_headers(subject, all, event.encode_to_vec().into()).await.expect("sent");
    sent.await.expect("stored");
}

/// What was signed for the first event of tasks.
async fn stolen(system: &System) -> String {
    let first = system.messages("tasks").await.remove(0);
    first.headers.as_ref().expect("headers").get("Labelmesh-Signature").expect("signed").to_string()
}

#[tokio::test]
async fn what_nobody_signed_or_another_is_put_away_and_never_handled() {
    let system = System::start().await;
    system.open_tasks(1..2).await;
    system.relay().publish_all().await.expect("a broker");
    store(&system, 13, &[], &opened(13)).await;
    store(&system, 14, &[("Labelmesh-Signature", &stolen(&system).await)], &opened(14)).await;
    // A service of ours, but not the one whose event it says it is.
    let users = system.broker.bus_of("users", system.clock.clone()).await;
    system.open_tasks(15..16).await;
    Relay::new(&system.pool, &system.outbox, &users).publish_all().await.expect("a broker");
    system.open_tasks(2..3).await;
    system.relay().publish_all().await.expect("a broker");

    let (sender, mut applied) = unbounded_channel();
    replica(&system, "strict", 10, sender, |_| Ok(()));
    assert_eq!(take(&mut applied, 2).await, [1, 2]);
    until("all are put away", async || (system.broker.dead_letters().await == 3).then_some(())).await;
    assert!(applied.try_recv().is_err());

    // Redriven, it is no more believed than before.
    let letters = DeadLetters::open(&system.bus, "strict").await.expect("a broker");
    let letter = letters.next(0).await.expect("a broker").expect("a letter");
    assert_eq!(letter.error(), "nobody has signed it");
    letters.redrive(&letter).await.expect("a broker");
    until("it is put away again", async || (system.broker.dead_letters().await == 3).then_some(())).await;
    assert!(applied.try_recv().is_err());
}

#[tokio::test]
async fn during_an_upgrade_what_nobody_signed_is_believed_but_no_wrong_signature() {
    let system = System::start().await;
    system.relay().publish_all().await.expect("a stream");
    store(&system, 13, &[], &opened(13)).await;
    store(&system, 14, &[("Labelmesh-Signature", "AAAA")], &opened(14)).await;
    system.open_tasks(1..2).await;
    system.relay().publish_all().await.expect("a broker");
    let mut upgrading = system;
    upgrading.bus = upgrading.broker.bus_with(|config| config.accept_unsigned = true).await;
    let (sender, mut applied) = unbounded_channel();
    replica(&upgrading, "strict", 10, sender, |_| Ok(()));
    assert_eq!(take(&mut applied, 2).await, [1, 13]);
    assert_eq!(upgrading.broker.dead_letters().await, 1);
}

#[tokio::test]
async fn what_every_replica_hears_is_verified_too() {
    let system = System::start().await;
    system.relay().publish_all().await.expect("a stream");
    let (sender, mut heard) = unbounded_channel();
    let handler = move |said: Heard| {
        let word = match said {
            Heard::Gap => None,
            Heard::Event(delivery) => Some(number(&delivery.decode().expect("a task"))),
        };
        let _ = sender.send(word);
        std::future::ready(())
    };
    tokio::spawn(labelmesh_events::Broadcast::new(&system.bus, TaskOpened::SUBJECT).run(handler, system.stop()));
    assert_eq!(heard.recv().await, Some(None));
    store(&system, 13, &[], &opened(13)).await;
    store(&system, 14, &[("Labelmesh-Signature", "AAAA")], &opened(14)).await;
    system.open_tasks(1..2).await;
    system.relay().publish_all().await.expect("a broker");
    assert_eq!(heard.recv().await, Some(Some(1)));
}
