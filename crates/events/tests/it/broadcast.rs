//! Every replica hears everything, and is told when it may have missed something.

use std::time::Duration;

use labelmesh_events::{Broadcast, Bus, Event as _, Heard};
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_testkit::own_nats;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::fixture::{PATIENCE, System, number};

/// What a replica hears: numbers, and `None` for a gap.
fn listen(system: &System, bus: &Bus) -> UnboundedReceiver<Option<i64>> {
    let (sender, heard) = unbounded_channel();
    let broadcast = Broadcast::new(bus, TaskOpened::SUBJECT);
    let handler = move |heard: Heard| {
        let word = match heard {
            Heard::Gap => None,
            Heard::Event(delivery) => Some(number(&delivery.decode().expect("a task"))),
        };
        // A test that has ended hears no more.
        let _ = sender.send(word);
        std::future::ready(())
    };
    tokio::spawn(broadcast.run(handler, system.stop()));
    heard
}

async fn next(heard: &mut UnboundedReceiver<Option<i64>>) -> Option<i64> {
    tokio::time::timeout(PATIENCE, heard.recv()).await.expect("something is heard").expect("a replica")
}

#[tokio::test]
async fn every_replica_hears_everything_in_order_from_now_on() {
    let system = System::start().await;
    system.open_tasks(0..5).await;
    system.relay().publish_all().await.expect("a broker");
    let mut replicas = [listen(&system, &system.bus), listen(&system, &system.broker.bus().await)];
    for replica in &mut replicas {
        assert_eq!(next(replica).await, None, "what was before is unknown");
    }
    system.open_tasks(5..105).await;
    system.relay().publish_all().await.expect("a broker");
    for replica in &mut replicas {
        for expected in 5..105 {
            assert_eq!(next(replica).await, Some(expected));
        }
    }
}

#[tokio::test]
async fn after_an_interruption_there_is_a_gap_and_then_events_again() {
    let mut nats = own_nats().await;
    let system = System::start_on(None, Some(&nats)).await;
    system.relay().publish_all().await.expect("a stream");
    let mut heard = listen(&system, &system.bus);
    assert_eq!(next(&mut heard).await, None);

    nats.kill().await.expect("our own server");
    system.open_tasks(0..1).await;
    nats.restart().await.expect("it comes back");
    assert_eq!(next(&mut heard).await, None, "events may have been missed");

    system.open_tasks(1..2).await;
    system.start_relay();
    // The first may be heard as well, or have been published in the gap.
    while next(&mut heard).await != Some(1) {}
}

#[tokio::test]
async fn hints_reach_every_replica() {
    use futures::StreamExt as _;

    let system = System::start().await;
    let other = system.broker.bus().await;
    // The subscription of one connection and the hint of another: a reply shows that the broker knows the first.
    system.relay().publish_all().await.expect("a broker");
    let mut hints = Box::pin(other.hints("tasks.*").await);
    let heard = async {
        let mut again = tokio::time::interval(Duration::from_millis(20));
        loop {
            tokio::select! {
                hint = hints.next() => return hint,
                _ = again.tick() => system.bus.hint("tasks.changed", "42").await,
            }
        }
    };
    let hint = tokio::time::timeout(PATIENCE, heard).await.expect("a hint");
    assert_eq!(hint.as_deref(), Some(b"42".as_slice()));
}
