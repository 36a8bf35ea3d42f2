//! Creates that carry a request id.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Reason, Result};
use labelmesh_pg::requests::{Key, Once, fingerprint, once, purge};
use labelmesh_pg::{begin, run_tx};
use labelmesh_testkit::until;
use sqlx::PgPool;
use uuid::Uuid;

use crate::database;

const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

async fn ask(pool: &PgPool, request_id: &str, content: &str, id: Uuid, now: DateTime<Utc>) -> Result<Once> {
    let key = Key { principal: "user:7", method: "CreateTask", request_id };
    run_tx(pool, "ask", |tx| Box::pin(async move { once(tx, &key, &fingerprint(content.as_bytes()), id, now).await }))
        .await
}

#[tokio::test]
async fn a_repeat_gets_the_first_ones_resource() {
    let database = database().await;
    let pool = database.pool();
    assert_eq!(ask(&pool, "a", "cats", FIRST, noon()).await.expect("an answer"), Once::First);
    assert_eq!(ask(&pool, "a", "cats", SECOND, noon()).await.expect("an answer"), Once::Repeat(FIRST));
    assert_eq!(ask(&pool, "b", "cats", SECOND, noon()).await.expect("an answer"), Once::First);
}

#[tokio::test]
async fn the_same_id_with_other_content_is_refused() {
    let database = database().await;
    let pool = database.pool();
    ask(&pool, "a", "cats", FIRST, noon()).await.expect("an answer");
    let refused = ask(&pool, "a", "dogs", SECOND, noon()).await.expect_err("a refusal");
    assert_eq!(refused.reason(), Reason::RequestIdReused);
}

#[tokio::test]
async fn after_a_day_an_id_is_as_good_as_new() {
    let database = database().await;
    let pool = database.pool();
    ask(&pool, "a", "cats", FIRST, noon()).await.expect("an answer");
    let tomorrow = noon() + TimeDelta::hours(24) + TimeDelta::seconds(1);
    assert_eq!(ask(&pool, "a", "dogs", SECOND, tomorrow).await.expect("an answer"), Once::First);
    assert_eq!(ask(&pool, "a", "dogs", FIRST, tomorrow).await.expect("an answer"), Once::Repeat(SECOND));
}

#[tokio::test]
async fn a_repeat_waits_for_the_first_to_end() {
    let database = database().await;
    let pool = database.pool();
    let key = Key { principal: "user:7", method: "CreateTask", request_id: "a" };
    let print = fingerprint(b"cats");

    for (commits, expected) in [(false, Once::First), (true, Once::Repeat(FIRST))] {
        let mut first = begin(&pool).await.expect("a transaction");
        once(&mut first, &key, &print, FIRST, noon()).await.expect("an answer");
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move {
                let mut second = begin(&pool).await?;
                once(&mut second, &key, &print, SECOND, noon()).await
            }
        });
        until_somebody_waits(&pool).await;
        assert!(!waiting.is_finished());
        if commits {
            first.commit().await.expect("a commit")
        } else {
            first.rollback().await.expect("a rollback")
        }
        assert_eq!(waiting.await.expect("no panic").expect("an answer"), expected);
    }
}

#[tokio::test]
async fn only_what_is_older_than_a_day_is_purged() {
    let database = database().await;
    let pool = database.pool();
    for minutes in 0..1_500 {
        let at = noon() - TimeDelta::hours(24) - TimeDelta::minutes(minutes);
        ask(&pool, &minutes.to_string(), "cats", FIRST, at).await.expect("an answer");
    }
    ask(&pool, "young", "cats", FIRST, noon()).await.expect("an answer");
    assert_eq!(purge(&pool, noon()).await.expect("a purge"), 1_499);
    assert_eq!(purge(&pool, noon()).await.expect("a purge"), 0);
    assert_eq!(ask(&pool, "young", "cats", SECOND, noon()).await.expect("an answer"), Once::Repeat(FIRST));
}

/// Until a statement in this database waits for a lock.
async fn until_somebody_waits(pool: &PgPool) {
    let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock')";
    until("a lock that is waited for", async || {
        let waits: bool = sqlx::query_scalar(waits).fetch_one(pool).await.expect("an answer");
        waits.then_some(())
    })
    .await;
}
