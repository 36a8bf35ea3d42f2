//! Events about somebody who was deleted are taken out of the stream and the outbox, and no others.

use labelmesh_errors::Reason;
use labelmesh_events::Event as _;
use labelmesh_events::{DeadLetters, Delivery, Failure, Work};
use labelmesh_ids::UserId;
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_testkit::until;
use uuid::Uuid;

use crate::fixture::{System, opened};

fn person(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

/// Leaves an event about somebody.
async fn tell(system: &System, about: UserId, task: u64) {
    let mut connection = system.pool.acquire().await.expect("a connection");
    system.outbox.enqueue_about(&mut connection, about, &opened(task)).await.expect("a row");
}

/// The payloads of the tasks' stream, as text.
async fn streamed(system: &System) -> Vec<String> {
    let messages = system.messages("tasks").await;
    messages.iter().map(|message| String::from_utf8_lossy(&message.payload).into_owned()).collect()
}

#[tokio::test]
async fn what_is_about_a_person_goes_and_all_else_stays() {
    let system = System::start().await;
    let (ada, eve) = (person(1), person(2));
    for number in 0..250 {
        tell(&system, if number % 2 == 0 { ada } else { eve }, 1_000 + number).await;
    }
    system.open_task(7).await.expect("about nobody");
    // What is still on its way can't be found: whoever takes back comes again.
    let early = system.outbox.forget(&system.pool, &system.bus, ada).await.expect_err("not published");
    assert_eq!(early.reason(), Reason::Unavailable);
    system.relay().publish_all().await.expect("a broker");
    assert_eq!(system.outbox.forget(&system.pool, &system.bus, ada).await.expect("taken back"), 125);
    assert_eq!(system.outbox.forget(&system.pool, &system.bus, ada).await.expect("again"), 0);
    let left = streamed(&system).await;
    assert_eq!(left.len(), 126);
    assert!(
        !left.iter().any(|payload| payload.contains("1100")) && left.iter().any(|payload| payload.contains("1101"))
    );
    // The stream is not taken for one that was lost.
    assert_eq!(system.relay().publish_all().await.expect("a broker"), 0);
}

#[tokio::test]
async fn what_lies_at_the_place_of_an_event_since_the_stream_was_lost_stays() {
    let system = System::start().await;
    tell(&system, person(1), 1).await;
    tell(&system, person(2), 2).await;
    system.relay().publish_all().await.expect("a broker");
    // As if the places had been given out anew, the other way round.
    sqlx::query("UPDATE mesh.outbox SET stream_sequence = 3 - stream_sequence")
        .execute(&system.pool)
        .await
        .expect("set");
    assert_eq!(system.outbox.forget(&system.pool, &system.bus, person(1)).await.expect("taken back"), 1);
    assert_eq!(streamed(&system).await.len(), 2);
}

#[tokio::test]
async fn what_was_published_again_goes_with_every_copy() {
    let system = System::start().await;
    for task in 0..6 {
        tell(&system, person(u128::from(task % 2)), task).await;
    }
    let relay = system.relay();
    relay.publish_all().await.expect("a broker");
    system.purge("tasks", 3).await;
    assert_eq!(relay.publish_all().await.expect("a broker"), 3);
    assert_eq!(streamed(&system).await.len(), 6);
    assert_eq!(system.outbox.forget(&system.pool, &system.bus, person(0)).await.expect("taken back"), 3);
    assert_eq!(streamed(&system).await.len(), 3);
}

#[tokio::test]
async fn letters_that_name_them_go_too() {
    let system = System::start().await;
    let work = Work::new(&system.bus, "tasks-parks", &[TaskOpened::SUBJECT]);
    let park = |_: Vec<Delivery>| async { Err(Failure::poison("as told")) };
    tokio::spawn(work.run(park, system.stop()));
    for task in [111, 222, 333] {
        system.open_task(task).await.expect("a commit");
    }
    system.relay().publish_all().await.expect("a broker");
    until("all letters", async || (system.broker.dead_letters().await == 3).then_some(())).await;
    let letters = DeadLetters::open(&system.bus, "tasks").await.expect("the letters");
    assert_eq!(letters.forget("222").await.expect("forgotten"), 1);
    assert_eq!(letters.forget("222").await.expect("again"), 0);
    assert_eq!(system.broker.dead_letters().await, 2);
}
