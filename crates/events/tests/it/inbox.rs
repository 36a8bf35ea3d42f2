//! The inbox remembers what was applied, with the transaction.

use chrono::TimeDelta;
use labelmesh_events::inbox::{first_time, first_times, purge};
use labelmesh_ids::EventId;
use uuid::Uuid;

use crate::fixture::System;

fn event(number: u128) -> EventId {
    Uuid::from_u128(number).into()
}

#[tokio::test]
async fn an_event_is_new_once_for_each_consumer() {
    let system = System::start().await;
    let now = system.clock.now();
    let mut connection = system.pool.acquire().await.expect("a connection");
    assert!(first_time(&mut connection, "mail", event(1), now).await.expect("an answer"));
    assert!(!first_time(&mut connection, "mail", event(1), now).await.expect("an answer"));
    assert!(first_time(&mut connection, "webhook", event(1), now).await.expect("an answer"));

    let several = [event(3), event(1), event(2), event(3)];
    let new = first_times(&mut connection, "mail", &several, now).await.expect("an answer");
    assert_eq!(new, [event(2), event(3)].into());
}

#[tokio::test]
async fn what_was_rolled_back_is_new_again() {
    let system = System::start().await;
    let now = system.clock.now();
    let mut failing = labelmesh_pg::begin(&system.pool).await.expect("a transaction");
    assert!(first_time(&mut failing, "mail", event(1), now).await.expect("an answer"));
    failing.rollback().await.expect("a rollback");
    let mut connection = system.pool.acquire().await.expect("a connection");
    assert!(first_time(&mut connection, "mail", event(1), now).await.expect("an answer"));
}

#[tokio::test]
async fn events_are_forgotten_when_they_can_not_come_again() {
    let system = System::start().await;
    let mut connection = system.pool.acquire().await.expect("a connection");
    let now = system.clock.now();
    let old: Vec<EventId> = (0..1_200).map(event).collect();
    first_times(&mut connection, "mail", &old, now - TimeDelta::days(47)).await.expect("an answer");
    first_time(&mut connection, "mail", event(5_000), now - TimeDelta::days(45)).await.expect("an answer");
    assert_eq!(purge(&system.pool, now).await.expect("a purge"), 1_200);
    assert!(!first_time(&mut connection, "mail", event(5_000), now).await.expect("an answer"));
}
