//! What was parked is listed, and redriven when the cause is mended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::header::NATS_MESSAGE_ID;
use labelmesh_events::{DeadLetter, DeadLetters, Failure};
use labelmesh_testkit::until;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::fixture::System;
use crate::work::{replica, take};

/// Three events of which a consumer can't apply the second while it is broken, and another one that can.
struct Parked {
    system: System,
    broken: Arc<AtomicBool>,
    strict: UnboundedReceiver<i64>,
    other: UnboundedReceiver<i64>,
}

impl Parked {
    async fn start() -> Self {
        let system = System::start().await;
        system.open_tasks(0..3).await;
        system.relay().publish_all().await.expect("a broker");
        let broken = Arc::new(AtomicBool::new(true));
        let (sender, mut strict) = unbounded_channel();
        let still = broken.clone();
        replica(&system, "tasks-strict", 10, sender, move |numbers| {
            let fails = still.load(Ordering::SeqCst) && numbers.contains(&1);
            if fails { Err(Failure::poison("a bug")) } else { Ok(()) }
        });
        let (sender, mut other) = unbounded_channel();
        replica(&system, "tasks-other", 10, sender, |_| Ok(()));
        assert_eq!(take(&mut strict, 2).await, [0, 2]);
        assert_eq!(take(&mut other, 3).await, [0, 1, 2]);
        Self { system, broken, strict, other }
    }

    async fn letters(&self, service: &str) -> (DeadLetters, Option<DeadLetter>) {
        let letters = DeadLetters::open(&self.system.bus, service).await.expect("a broker");
        let first = letters.next(0).await.expect("a broker");
        (letters, first)
    }

    /// The letter of the service, when it is parked.
    async fn letter(&self) -> (DeadLetters, DeadLetter) {
        until("a letter", async || {
            let (letters, letter) = self.letters("tasks").await;
            Some((letters, letter?))
        })
        .await
    }

    /// What both consumers apply from now on, up to a further event.
    async fn applied(&mut self, strict: usize) -> (Vec<i64>, Vec<i64>) {
        self.system.open_tasks(3..4).await;
        self.system.relay().publish_all().await.expect("a broker");
        (take(&mut self.strict, strict).await, take(&mut self.other, 1).await)
    }
}

#[tokio::test]
async fn a_letter_is_listed_redriven_to_its_consumer_and_gone() {
    let mut parked = Parked::start().await;
    assert!(parked.letters("task").await.1.is_none(), "another service has none");
    let (letters, letter) = parked.letters("tasks").await;
    let letter = letter.expect("a letter");
    assert_eq!((letter.consumer(), letter.error()), ("tasks-strict", "the event can't be applied: a bug"));
    assert!(letter.subject().ends_with(".tasks.opened"));

    parked.broken.store(false, Ordering::SeqCst);
    letters.redrive(&letter).await.expect("a broker");
    assert_eq!(parked.applied(2).await, (vec![1, 3], vec![3]));
    assert!(parked.letters("tasks").await.1.is_none());
}

#[tokio::test]
async fn what_fails_again_is_parked_again() {
    let mut parked = Parked::start().await;
    for _ in 0..2 {
        let (letters, letter) = parked.letter().await;
        letters.redrive(&letter).await.expect("a broker");
    }
    let (letters, letter) = parked.letter().await;
    parked.broken.store(false, Ordering::SeqCst);
    letters.redrive(&letter).await.expect("a broker");
    assert_eq!(parked.applied(2).await, (vec![1, 3], vec![3]));
}

#[tokio::test]
async fn a_redrive_that_died_half_way_is_simply_repeated() {
    let mut parked = Parked::start().await;
    parked.broken.store(false, Ordering::SeqCst);
    let (letters, letter) = parked.letters("tasks").await;
    let letter = letter.expect("a letter");
    // It had put the letter back, and not yet taken it out of the stream of dead letters.
    let stored = parked.system.messages("tasks-letters").await.remove(0);
    let mut headers = stored.headers.clone().expect("headers");
    headers.insert(NATS_MESSAGE_ID, format!("redriven:{}", letter.sequence()));
    let subject = format!("{}.redriven.tasks.{}", parked.system.broker.prefix(), letter.consumer());
    let client = parked.system.broker.client().await;
    client.publish_with_headers(subject, headers, stored.payload.clone()).await.expect("sent");
    client.flush().await.expect("sent");

    letters.redrive(&letter).await.expect("a broker");
    assert_eq!(parked.applied(2).await, (vec![1, 3], vec![3]));
    assert!(parked.letters("tasks").await.1.is_none());
}
