//! An event that must not live long ends among the dead letters too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::header::NATS_MESSAGE_TTL;
use chrono::TimeDelta;
use labelmesh_clock::Random;
use labelmesh_events::{DeadLetter, DeadLetters, Delivery, Event as _, Failure, Outbox, Relay, Work};
use labelmesh_proto::auth::v1::LoggedIn;
use labelmesh_testkit::until;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::fixture::{PATIENCE, System};

/// Logins, of which a consumer can't apply those of "eve" while it is broken.
struct Logins {
    system: System,
    outbox: Outbox,
    broken: Arc<AtomicBool>,
    sender: UnboundedSender<String>,
    applied: UnboundedReceiver<String>,
}

impl Logins {
    async fn start() -> Self {
        let system = System::start().await;
        let outbox = Outbox::new("auth", system.clock.clone(), Random::system());
        let (sender, applied) = unbounded_channel();
        Self { system, outbox, broken: Arc::new(AtomicBool::new(true)), sender, applied }
    }

    async fn publish(&self, who: &str) {
        let event = LoggedIn { user_id: who.into(), address: "192.0.2.1".into(), ..LoggedIn::default() };
        let mut connection = self.system.pool.acquire().await.expect("a connection");
        self.outbox.enqueue(&mut connection, &event).await.expect("a row");
        let bus = self.system.broker.bus_of("auth", self.system.clock.clone()).await;
        let relay = Relay::new(&self.system.pool, &self.outbox, &bus);
        assert_eq!(relay.publish_all().await.expect("a broker"), 1);
    }

    fn consume(&self) {
        let (applied, broken) = (self.sender.clone(), self.broken.clone());
        let handler = move |deliveries: Vec<Delivery>| {
            let who = deliveries[0].decode::<LoggedIn>().map(|event| event.user_id);
            let (applied, fails) = (applied.clone(), broken.load(Ordering::SeqCst));
            async move {
                let who = who?;
                if who == "eve" && fails {
                    return Err(Failure::poison("a bug"));
                }
                applied.send(who).expect("a test that listens");
                Ok(())
            }
        };
        let work = Work::new(&self.system.bus, "notify-logins", &[LoggedIn::SUBJECT]);
        tokio::spawn(work.run(handler, self.system.stop()));
    }

    async fn next_applied(&mut self) -> String {
        let next = tokio::time::timeout(PATIENCE, self.applied.recv()).await;
        next.expect("an event in time").expect("a consumer")
    }

    /// Eve's login is not applied until `hours` after it; bob's, which comes behind it, is.
    async fn parked_after(hours: i64) -> Self {
        let mut logins = Self::start().await;
        logins.publish("eve").await;
        logins.system.clock.advance(TimeDelta::hours(hours));
        logins.publish("bob").await;
        logins.consume();
        assert_eq!(logins.next_applied().await, "bob");
        logins
    }

    async fn letters(&self) -> (DeadLetters, Option<DeadLetter>) {
        let letters = DeadLetters::open(&self.system.bus, "notify").await.expect("a broker");
        let first = letters.next(0).await.expect("a broker");
        (letters, first)
    }

    /// The times to live of what a stream holds, in seconds.
    async fn lives(&self, owner: &str) -> Vec<String> {
        let messages = self.system.messages(owner).await;
        let life = |headers: &async_nats::HeaderMap| headers.get(NATS_MESSAGE_TTL).map(ToString::to_string);
        messages.iter().map(|message| message.headers.as_ref().and_then(life).unwrap_or_default()).collect()
    }
}

#[tokio::test]
async fn a_letter_and_what_is_redriven_have_what_is_left_of_the_events_time() {
    let mut logins = Logins::parked_after(23).await;
    assert_eq!(logins.lives("notify-letters").await, ["3600"]);

    logins.system.clock.advance(TimeDelta::minutes(40));
    logins.broken.store(false, Ordering::SeqCst);
    let (letters, letter) = logins.letters().await;
    assert!(letters.redrive(&letter.expect("a letter")).await.expect("a broker"));
    assert_eq!(logins.next_applied().await, "eve");
    assert_eq!(logins.lives("notify-letters").await, ["1200"]);
}

#[tokio::test]
async fn what_is_parked_again_ends_no_later() {
    let logins = Logins::parked_after(12).await;
    let (letters, letter) = logins.letters().await;
    logins.system.clock.advance(TimeDelta::hours(6));
    assert!(letters.redrive(&letter.expect("a letter")).await.expect("a broker"));
    until("it is parked again", async || logins.letters().await.1).await;
    assert_eq!(logins.lives("notify-letters").await, ["21600", "21600"], "redriven, and parked again");
}

#[tokio::test]
async fn an_event_that_has_ended_is_neither_redriven_nor_parked() {
    let logins = Logins::parked_after(23).await;
    let (letters, letter) = logins.letters().await;
    logins.system.clock.advance(TimeDelta::hours(1));
    assert!(!letters.redrive(&letter.expect("a letter")).await.expect("a broker"));
    assert_eq!(logins.lives("auth").await.len(), 2, "eve's and bob's");

    let late = Logins::parked_after(24).await;
    assert!(late.letters().await.1.is_none());
}

#[tokio::test]
async fn the_broker_drops_a_letter_when_its_event_ends() {
    let mut logins = Logins::start().await;
    logins.publish("eve").await;
    logins.system.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    logins.publish("bob").await;
    logins.consume();
    assert_eq!(logins.next_applied().await, "bob");
    let gone = async { while logins.letters().await.1.is_some() {} };
    tokio::time::timeout(PATIENCE, gone).await.expect("the letter goes away");
}
