//! Work is shared, poison parked, illness waited out.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use labelmesh_events::{Delivery, Event as _, Failure, Work};
use labelmesh_proto::tasks::v1::TaskOpened;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::fixture::{PATIENCE, System, number};

/// Starts a replica that sends each applied number with its own, if `check` lets it.
pub(crate) fn replica(
    system: &System,
    name: &'static str,
    batch: usize,
    applied: UnboundedSender<i64>,
    check: impl Fn(&[i64]) -> Result<(), Failure> + Send + Sync + 'static,
) {
    let work = Work::new(&system.bus, name, &[TaskOpened::SUBJECT]).batch(batch);
    let check = Arc::new(check);
    let handler = move |deliveries: Vec<Delivery>| {
        let (applied, check) = (applied.clone(), check.clone());
        async move {
            let numbers = deliveries.iter().map(|delivery| Ok(number(&delivery.decode()?)));
            let numbers = numbers.collect::<Result<Vec<_>, Failure>>()?;
            check(&numbers)?;
            numbers.into_iter().for_each(|number| applied.send(number).expect("a test that listens"));
            Ok(())
        }
    };
    tokio::spawn(work.run(handler, system.stop()));
}

pub(crate) async fn take(applied: &mut UnboundedReceiver<i64>, count: usize) -> Vec<i64> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let next = tokio::time::timeout(PATIENCE, applied.recv()).await;
        taken.push(next.unwrap_or_else(|_| panic!("only {} of {count}", taken.len())).expect("a replica"));
    }
    taken.sort_unstable();
    taken
}

#[tokio::test]
async fn replicas_share_the_work() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    let shares = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    for index in 0..2 {
        let shares = shares.clone();
        replica(&system, "shared", 10, sender.clone(), move |numbers| {
            shares[index].fetch_add(numbers.len(), Ordering::SeqCst);
            Ok(())
        });
    }
    system.start_relay();
    for round in 0..20 {
        system.open_tasks(round * 50..(round + 1) * 50).await;
        system.outbox.wake();
    }
    assert_eq!(take(&mut applied, 1_000).await, (0..1_000).collect::<Vec<i64>>());
    assert!(shares.iter().all(|share| share.load(Ordering::SeqCst) > 0), "{shares:?}");
}

#[tokio::test]
async fn the_work_of_a_dead_replica_goes_to_another() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    system.open_tasks(0..40).await;
    system.relay().publish_all().await.expect("a broker");
    let (begun, mut begins) = unbounded_channel();
    let dying = Work::new(&system.bus, "mortal", &[TaskOpened::SUBJECT]).batch(20);
    let dying = tokio::spawn(dying.run(
        move |deliveries: Vec<Delivery>| {
            begun.send(i64::try_from(deliveries.len()).expect("small")).expect("a test that listens");
            std::future::pending()
        },
        system.stop(),
    ));
    let held = tokio::time::timeout(PATIENCE, begins.recv()).await.expect("it begins");
    assert_eq!(held, Some(20));
    dying.abort();
    replica(&system, "mortal", 20, sender, |_| Ok(()));
    assert_eq!(take(&mut applied, 40).await, (0..40).collect::<Vec<i64>>());
}

#[tokio::test]
async fn poison_is_parked_and_its_neighbours_are_applied() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    system.open_tasks(0..100).await;
    system.relay().publish_all().await.expect("a broker");
    replica(&system, "poisoned", 20, sender, |numbers| {
        if numbers.contains(&13) {
            return Err(Failure::poison("unlucky\nnumber"));
        }
        assert!(!numbers.contains(&66), "a handler may panic");
        Ok(())
    });
    let expected: Vec<i64> = (0..100).filter(|number| ![13, 66].contains(number)).collect();
    assert_eq!(take(&mut applied, 98).await, expected);

    let dead = system.messages("poisoned-letters").await;
    assert_eq!(dead.len(), 2);
    let headers = dead[0].headers.as_ref().expect("headers");
    let header = |name: &str| headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
    assert_eq!(header("Labelmesh-Error"), "the event can't be applied: unlucky number");
    assert_eq!(header("Labelmesh-Consumer"), "poisoned");
    assert!(header("Labelmesh-Subject").ends_with(".tasks.opened"));
    let decoded: TaskOpened = prost::Message::decode(dead[0].payload.clone()).expect("the event as it was");
    assert_eq!(number(&decoded), 13);
    assert!(
        dead[1]
            .headers
            .as_ref()
            .expect("headers")
            .get("Labelmesh-Error")
            .is_some_and(|e| e.as_str().contains("panicked"))
    );
}

#[tokio::test]
async fn a_message_that_is_no_event_is_parked() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    system.relay().publish_all().await.expect("a stream");
    let client = system.broker.client().await;
    let subject = format!("{}.tasks.opened", system.broker.prefix());
    client.publish(subject, "nonsense".into()).await.expect("sent");
    client.flush().await.expect("sent");
    system.open_tasks(1..2).await;
    system.relay().publish_all().await.expect("a broker");
    replica(&system, "strict", 10, sender, |_| Ok(()));
    assert_eq!(take(&mut applied, 1).await, [1]);
    assert_eq!(system.messages("strict-letters").await[0].payload, "nonsense");
}

#[tokio::test]
async fn illness_counts_against_nobody() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    system.open_tasks(0..30).await;
    system.relay().publish_all().await.expect("a broker");
    let calls = AtomicUsize::new(0);
    replica(&system, "ill", 10, sender, move |_| {
        // Longer than any number of deliveries that one would count to.
        if calls.fetch_add(1, Ordering::SeqCst) < 8 { Err(Failure::ill("no database")) } else { Ok(()) }
    });
    assert_eq!(take(&mut applied, 30).await, (0..30).collect::<Vec<i64>>());
    assert_eq!(system.broker.dead_letters().await, 0);
}

#[tokio::test]
async fn a_consumer_waits_for_its_stream_and_is_not_ready_meanwhile() {
    let system = System::start().await;
    let (sender, mut applied) = unbounded_channel();
    let work = Work::new(&system.bus, "early", &[TaskOpened::SUBJECT]);
    let readiness = work.readiness();
    let handler = move |deliveries: Vec<Delivery>| {
        let sender = sender.clone();
        async move {
            let ids: HashSet<_> = deliveries.iter().map(Delivery::id).collect();
            sender.send(i64::try_from(ids.len()).expect("small")).expect("a test that listens");
            Ok(())
        }
    };
    tokio::spawn(work.run(handler, system.stop()));
    system.open_tasks(0..1).await;
    assert!(!readiness.is_ready());
    system.relay().publish_all().await.expect("a broker");
    assert_eq!(take(&mut applied, 1).await, [1]);
    assert!(readiness.is_ready());
}
