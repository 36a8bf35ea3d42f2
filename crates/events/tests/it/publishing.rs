//! What was committed is published, once, by whoever is alive.

use std::collections::HashSet;

use async_nats::header::{NATS_MESSAGE_ID, NATS_MESSAGE_TTL};
use chrono::TimeDelta;
use labelmesh_clock::Random;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::{Outbox, Relay};
use labelmesh_pg::{begin, run_tx};
use labelmesh_proto::auth::v1::LoggedIn;
use labelmesh_testkit::until;

use crate::fixture::{System, opened};

#[tokio::test]
async fn only_what_was_committed_is_published() {
    let system = System::start().await;
    system.open_task(1).await.expect("a commit");
    let outbox = &system.outbox;
    let failed: Result<()> = run_tx(&system.pool, "fails", |tx| {
        Box::pin(async move {
            outbox.enqueue(tx, &opened(2)).await?;
            Err(Error::not_found("task"))
        })
    })
    .await;
    failed.expect_err("a rollback");

    assert_eq!(system.relay().publish_all().await.expect("a broker"), 1);
    assert_eq!(system.relay().publish_all().await.expect("a broker"), 0);
    let messages = system.messages("tasks").await;
    assert_eq!(messages.len(), 1);
    assert!(messages[0].subject.ends_with(".tasks.opened"), "{}", messages[0].subject);
}

#[tokio::test]
async fn relays_share_the_rows_and_publish_each_once() {
    let system = System::start().await;
    system.open_tasks(0..2_000).await;
    let (one, other) = (system.relay(), system.relay());
    let (one, other) = tokio::join!(one.publish_all(), other.publish_all());
    assert_eq!(one.expect("a broker") + other.expect("a broker"), 2_000);

    let messages = system.messages("tasks").await;
    let ids: HashSet<String> = messages
        .iter()
        .filter_map(|message| message.headers.as_ref()?.get(NATS_MESSAGE_ID).map(ToString::to_string))
        .collect();
    assert_eq!((messages.len(), ids.len()), (2_000, 2_000));
}

#[tokio::test]
async fn a_sweep_finds_what_a_dead_replica_left() {
    let system = System::start().await;
    // Nobody wakes our relay for these: they were another's, which died after the commit.
    system.open_tasks(0..10).await;
    // And one died while it held its rows: the server notices, and they are anybody's again.
    let mut dead = begin(&system.pool).await.expect("a transaction");
    let held = "SELECT position FROM mesh.outbox ORDER BY position LIMIT 5 FOR UPDATE";
    sqlx::query(held).execute(&mut *dead).await.expect("locks");
    system.start_counting("sweep");
    system.start_relay();
    system.until_counted(5).await;
    assert_eq!(system.counted().await.expect("an answer"), [5, 6, 7, 8, 9]);

    dead.rollback().await.expect("its end");
    system.until_counted(10).await;
}

#[tokio::test]
async fn a_commit_wakes_the_relay_at_once() {
    let system = System::start().await;
    system.start_counting("woken");
    system.start_relay();
    system.open_task(0).await.expect("a commit");
    system.until_counted(1).await;
    let started = tokio::time::Instant::now();
    for number in 1..=20 {
        system.open_task(number).await.expect("a commit");
        system.until_counted(usize::try_from(number).expect("small") + 1).await;
    }
    // The sweep alone would take twenty seconds.
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_event_that_must_not_live_long_ends_here_and_there() {
    let system = System::start().await;
    let outbox = Outbox::new("auth", system.clock.clone(), Random::system());
    let event = LoggedIn { session_id: "s".into(), address: "192.0.2.1".into(), ..LoggedIn::default() };
    let mut connection = system.pool.acquire().await.expect("a connection");
    outbox.enqueue(&mut connection, &event).await.expect("a row");
    let relay = Relay::new(&system.pool, &outbox, &system.bus);
    assert_eq!(relay.publish_all().await.expect("a broker"), 1);
    let headers = system.messages("auth").await.remove(0).headers.clone().expect("headers");
    assert_eq!(headers.get(NATS_MESSAGE_TTL).map(|ttl| ttl.as_str()), Some("86400"));

    system.clock.advance(TimeDelta::hours(24) + TimeDelta::seconds(1));
    let running = tokio::spawn(relay.run(system.stop()));
    until("the purge of the row", async || {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM mesh.outbox").fetch_one(&system.pool).await.expect("an answer");
        (left == 0).then_some(())
    })
    .await;
    running.abort();
}

#[tokio::test]
async fn what_can_not_be_published_is_refused_at_once() {
    let system = System::start().await;
    let mut connection = system.pool.acquire().await.expect("a connection");
    let foreign = system.outbox.enqueue(&mut connection, &LoggedIn::default()).await;
    assert_eq!(foreign.expect_err("not ours").reason(), Reason::Internal);
    let mut large = opened(1);
    large.task_id = "x".repeat(1_000_000);
    let large = system.outbox.enqueue(&mut connection, &large).await;
    assert_eq!(large.expect_err("too large").reason(), Reason::Internal);
}
