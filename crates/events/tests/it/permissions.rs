//! What the broker lets each service do, held against the contract.

use std::collections::BTreeSet;

use async_nats::{Client, Subscriber};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::select_all;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Broadcast, DeadLetters, Event as _, Failure, Heard, Outbox, Relay, Work};
use labelmesh_proto::event::{CONSUMERS, Consumer, SUBJECTS};
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_testkit::{TestBroker, own_nats, until};
use tokio::sync::mpsc::unbounded_channel;

use crate::fixture::{System, opened};

const SERVICES: [&str; 7] = ["auth", "gateway", "notify", "renditions", "subtasks", "tasks", "users"];

fn owner(subject: &str) -> &str {
    subject.split('.').next().expect("a word")
}

/// Everything that anybody might want to say to the broker, each with the services that may.
fn sayings() -> Vec<(String, BTreeSet<&'static str>)> {
    let mut sayings: Vec<(String, BTreeSet<&str>)> = Vec::new();
    let mut say = |subject: String, may: &[&'static str]| sayings.push((subject, may.iter().copied().collect()));
    for subject in SUBJECTS {
        say(format!("labelmesh.{subject}"), &[owner(subject)]);
    }
    let publishers: BTreeSet<&str> = SUBJECTS.iter().map(|subject| owner(subject)).collect();
    for publisher in &publishers {
        for kept in ["CREATE", "UPDATE"] {
            say(format!("$JS.API.STREAM.{kept}.labelmesh-{publisher}"), &[publisher]);
        }
        for taken_back in ["MSG.GET", "MSG.DELETE"] {
            say(format!("$JS.API.STREAM.{taken_back}.labelmesh-{publisher}"), &[publisher]);
        }
        for never in ["DELETE", "PURGE", "SNAPSHOT", "RESTORE"] {
            say(format!("$JS.API.STREAM.{never}.labelmesh-{publisher}"), &[]);
        }
        say(format!("$JS.API.DIRECT.GET.labelmesh-{publisher}"), &[]);
        say(format!("$JS.API.CONSUMER.CREATE.labelmesh-{publisher}"), &[]);
    }
    for Consumer { name, service, owner, subjects, .. } in CONSUMERS.iter().filter(|consumer| consumer.shared) {
        let stream = format!("labelmesh-{owner}");
        say(format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"), &[service]);
        say(format!("$JS.ACK.{stream}.{name}.1.1.1.1.1"), &[service]);
        say(format!("$JS.API.CONSUMER.DELETE.{stream}.{name}"), &[]);
        say(format!("$JS.API.CONSUMER.CREATE.{stream}.{name}.labelmesh.>"), &[]);
        if let [subject] = subjects {
            say(format!("$JS.API.CONSUMER.CREATE.{stream}.{name}"), &[]);
            say(format!("$JS.API.CONSUMER.CREATE.{stream}.{name}.labelmesh.{subject}"), &[service]);
        }
        for kind in ["letter", "redriven"] {
            say(format!("labelmesh.{kind}.{service}.{name}"), &[service]);
        }
        say(format!("$JS.API.STREAM.MSG.GET.labelmesh-{service}-letters"), &[service]);
    }
    for service in SERVICES {
        say(format!("labelmesh.hint.{service}.changed"), &[service]);
        say(format!("_INBOX.{service}.forged"), &[]);
    }
    for never in ["$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$SYS.REQ.SERVER.PING"] {
        say(never.to_owned(), &[]);
    }
    sayings
}

/// Hears all that anybody says.
async fn witness(broker: &TestBroker) -> (Client, Subscriber) {
    let client = broker.client().await;
    let mut heard = client.subscribe(">").await.expect("a subscription");
    // Behind the subscription on the same connection.
    client.publish("known", "".into()).await.expect("sent");
    until_heard(&mut heard, "known").await;
    (client, heard)
}

/// What is said until somebody says this, but for what the broker itself says: who says it, and how.
async fn until_heard(heard: &mut Subscriber, last: &str) -> BTreeSet<(String, String)> {
    let mut said = BTreeSet::new();
    while let Some(message) = heard.next().await.filter(|message| message.subject.as_str() != last) {
        let who = String::from_utf8_lossy(&message.payload).into_owned();
        if SERVICES.contains(&who.as_str()) {
            said.insert((who, message.subject.to_string()));
        }
    }
    said
}

#[tokio::test]
async fn a_service_says_what_is_its_own_and_nothing_else() {
    let nats = own_nats().await;
    let broker = TestBroker::create_on(&nats);
    let (_witness, mut heard) = witness(&broker).await;
    let sayings = sayings();
    for service in SERVICES {
        let client = broker.client_of(service).await;
        for (subject, _) in &sayings {
            client.publish(subject.clone(), service.into()).await.expect("sent");
        }
        let last = format!("labelmesh.hint.{service}.last");
        client.publish(last.clone(), "".into()).await.expect("sent");
        let said = until_heard(&mut heard, &last).await;
        let may = sayings.iter().filter(|(_, may)| may.contains(service));
        let may: BTreeSet<(String, String)> = may.map(|(subject, _)| (service.to_owned(), subject.clone())).collect();
        assert_eq!(said.difference(&may).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "too much");
        assert_eq!(may.difference(&said).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "too little");
    }
}

#[tokio::test]
async fn a_service_hears_what_is_its_own_and_nothing_else() {
    let nats = own_nats().await;
    let broker = TestBroker::create_on(&nats);
    let (witness, mut heard) = witness(&broker).await;
    for service in SERVICES {
        let client = broker.client_of(service).await;
        let mut wishes: Vec<String> =
            [">", "labelmesh.>", "_INBOX.>", "$JS.API.>", "$JS.EVENT.>"].map(str::to_owned).into();
        wishes.extend(SUBJECTS.iter().map(|subject| format!("labelmesh.{subject}")));
        wishes.extend(SERVICES.iter().flat_map(|of| [format!("_INBOX.{of}.>"), format!("labelmesh.hint.{of}.>")]));
        let subscriptions = join_all(wishes.into_iter().map(|wish| client.subscribe(wish))).await;
        let mut hears = select_all(subscriptions.into_iter().map(|subscription| subscription.expect("sent")));
        // Behind the subscriptions on the same connection.
        let ready = format!("labelmesh.hint.{service}.ready");
        client.publish(ready.clone(), "".into()).await.expect("sent");
        until_heard(&mut heard, &ready).await;

        let events = SUBJECTS.iter().map(|subject| format!("labelmesh.{subject}"));
        let hints =
            SERVICES.iter().flat_map(|of| [format!("labelmesh.hint.{of}.changed"), format!("_INBOX.{of}.answer")]);
        let last = format!("_INBOX.{service}.last");
        for subject in events.chain(hints).chain([last.clone()]) {
            witness.publish(subject, "".into()).await.expect("sent");
        }
        let mut all = BTreeSet::new();
        while let Some(message) = hears.next().await.filter(|message| message.subject.as_str() != last) {
            all.insert(message.subject.to_string());
        }
        let own = ["changed", "ready"].map(|what| format!("labelmesh.hint.{service}.{what}"));
        assert_eq!(all, own.into_iter().chain([format!("_INBOX.{service}.answer")]).collect(), "{service}");
    }
}

/// Everything that the crate does works with what the contract allows: each service under its own user.
#[tokio::test]
async fn what_a_service_needs_it_may() {
    let nats = own_nats().await;
    let system = System::start_on(None, Some(&nats)).await;
    let (clock, broker) = (Clock::system(), &system.broker);
    for publisher in SUBJECTS.iter().map(|subject| owner(subject)) {
        let bus = broker.bus_as(publisher, Some(publisher), clock.clone()).await;
        let outbox = Outbox::new(publisher, clock.clone(), Random::system());
        Relay::new(&system.pool, &outbox, &bus).publish_all().await.expect("it makes its stream");
    }
    let (sender, mut ready) = unbounded_channel();
    for consumer in CONSUMERS {
        let bus = broker.bus_as(consumer.service, None, clock.clone()).await;
        if consumer.shared {
            let work = Work::of(&bus, consumer);
            let readiness = work.readiness();
            tokio::spawn(work.run(|_| std::future::ready(Ok(())), system.stop()));
            until(consumer.name, async || readiness.is_ready().then_some(())).await;
        } else {
            let (sender, broadcast) = (sender.clone(), Broadcast::new(&bus, consumer.subjects[0]));
            let handler = move |heard| {
                let _ = sender.send(matches!(heard, Heard::Gap));
                std::future::ready(())
            };
            tokio::spawn(broadcast.run(handler, system.stop()));
            assert_eq!(ready.recv().await, Some(true), "{}", consumer.name);
        }
    }
}

#[tokio::test]
async fn a_service_parks_and_redrives_under_its_own_user() {
    let nats = own_nats().await;
    let system = System::start_on(None, Some(&nats)).await;
    let (clock, broker) = (system.clock.clone(), &system.broker);
    let tasks = broker.bus_as("tasks", Some("tasks"), clock.clone()).await;
    system.open_tasks(0..1).await;
    Relay::new(&system.pool, &system.outbox, &tasks).publish_all().await.expect("a broker");
    let subtasks = broker.bus_as("subtasks", None, clock).await;
    let (sender, mut handled) = unbounded_channel();
    let handler = move |deliveries: Vec<labelmesh_events::Delivery>| {
        let _ = sender.send(deliveries[0].decode::<TaskOpened>().ok());
        std::future::ready(Err(Failure::poison("a bug")))
    };
    tokio::spawn(Work::of(&subtasks, &Consumer::SUBTASKS_TASKS).run(handler, system.stop()));
    for _ in 0..2 {
        assert_eq!(handled.recv().await, Some(Some(opened(0))));
        let letters = async || {
            let letters = DeadLetters::open(&subtasks, "subtasks").await.expect("a broker");
            let letter = letters.next(0).await.expect("a broker")?;
            Some((letters, letter))
        };
        let (letters, letter) = until("a letter", letters).await;
        assert!(letter.subject().ends_with(TaskOpened::SUBJECT));
        assert!(letters.redrive(&letter).await.expect("a broker"));
    }
}
