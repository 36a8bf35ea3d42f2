//! Transactions that get in each other's way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_pg::{Config, begin, connect, run_tx};
use labelmesh_testkit::{Durability, TestDatabase, own_postgres};
use sqlx::PgPool;
use tokio::sync::Barrier;

use crate::{database, migrate};

async fn add(tx: &mut sqlx::PgConnection, id: i64) -> Result<()> {
    sqlx::query("UPDATE item SET value = value + 1 WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

async fn values(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("SELECT value FROM item ORDER BY id").fetch_all(pool).await.expect("an answer")
}

async fn two_items(pool: &PgPool) {
    sqlx::query("INSERT INTO item VALUES (1, 0), (2, 0)").execute(pool).await.expect("two items");
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let database = database().await;
    let pool = database.pool();
    two_items(&pool).await;
    let (meet, attempts) = (Barrier::new(2), AtomicU32::new(0));
    let crossing = async |first: i64, second: i64| {
        let (meet, attempts) = (&meet, &attempts);
        run_tx(&pool, "cross", |tx| {
            Box::pin(async move {
                add(tx, first).await?;
                // Both hold one row when they reach for the other's; the second time nobody waits here.
                if attempts.fetch_add(1, Ordering::SeqCst) < 2 {
                    meet.wait().await;
                }
                add(tx, second).await
            })
        })
        .await
    };
    let (one, other) = tokio::join!(crossing(1, 2), crossing(2, 1));
    one.expect("a commit");
    other.expect("a commit");
    assert_eq!(attempts.load(Ordering::SeqCst), 3, "one of the two ran again");
    assert_eq!(values(&pool).await, [2, 2]);
}

#[tokio::test]
async fn a_conflict_that_lasts_is_the_callers() {
    let database = database().await;
    let attempts = AtomicU32::new(0);
    let failed: Result<()> = run_tx(&database.pool(), "unlucky", |tx| {
        attempts.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let raise = "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$";
            sqlx::query(raise).execute(&mut **tx).await?;
            Ok(())
        })
    })
    .await;
    assert_eq!(failed.expect_err("a conflict").reason(), Reason::Conflict);
    assert_eq!(attempts.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn what_fails_leaves_nothing_and_is_not_repeated() {
    let database = database().await;
    let pool = database.pool();
    two_items(&pool).await;
    let attempts = AtomicU32::new(0);
    let failed: Result<()> = run_tx(&pool, "refused", |tx| {
        attempts.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            add(tx, 1).await?;
            Err(Error::not_found("task"))
        })
    })
    .await;
    assert_eq!(failed.expect_err("a refusal").reason(), Reason::NotFound);
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert_eq!(values(&pool).await, [0, 0]);
}

#[tokio::test]
async fn statements_and_locks_have_limits() {
    let database = database().await;
    let limits = Config {
        statement_timeout: Duration::from_millis(300),
        lock_timeout: Duration::from_millis(100),
        idle_in_transaction_timeout: Duration::from_millis(200),
        ..Config::new(database.url())
    };
    let pool = connect(&limits, "limits").expect("a URL");
    two_items(&pool).await;
    let code = |error: sqlx::Error| error.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned());

    let slow = sqlx::query("SELECT pg_sleep(30)").execute(&pool).await.expect_err("a limit");
    assert_eq!(code(slow).as_deref(), Some("57014"));

    let mut holder = begin(&database.pool()).await.expect("a transaction");
    add(&mut holder, 1).await.expect("a lock");
    let mut waiting = pool.acquire().await.expect("a connection");
    let refused = add(&mut waiting, 1).await.expect_err("a limit");
    assert_eq!(refused.reason(), Reason::Conflict);

    // A transaction that does nothing is ended by the server; its connection is, too.
    let mut idle = begin(&pool).await.expect("a transaction");
    add(&mut idle, 2).await.expect("a lock");
    let others = sqlx::query("UPDATE item SET value = 9 WHERE id = 2").execute(&database.pool()).await;
    others.expect("the lock is free after a while");
    assert!(add(&mut idle, 2).await.is_err());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "each turn is another moment at which a caller may give up")]
async fn whoever_gives_up_waiting_leaves_no_transaction_behind() {
    let database = database().await;
    let one = Config { max_connections: 1, ..Config::new(database.url()) };
    let (pool, others) = (connect(&one, "one").expect("a URL"), database.pool());
    two_items(&pool).await;
    for turns in 0..300 {
        tokio::select! {
            biased;
            _ = run_tx(&pool, "given_up", |tx| Box::pin(add(tx, 1))) => {}
            () = async { for _ in 0..turns { tokio::task::yield_now().await } } => {}
        }
        let mut connection = pool.acquire().await.expect("the connection");
        let backend: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection).await.expect("an answer");
        let state: String = sqlx::query_scalar("SELECT state FROM pg_stat_activity WHERE pid = $1")
            .bind(backend)
            .fetch_one(&others)
            .await
            .expect("an answer");
        assert_eq!(state, "idle", "given up after {turns} turns");
    }
}

#[tokio::test]
async fn a_killed_server_is_unavailable_and_then_as_good_as_before() {
    let mut postgres = own_postgres(Durability::Full).await;
    let database = TestDatabase::create_on(&postgres, "pgtest", migrate).await;
    let quick = Config { acquire_timeout: Duration::from_millis(500), ..Config::new(database.url()) };
    let pool = connect(&quick, "killed").expect("a URL");
    two_items(&pool).await;
    run_tx(&pool, "add", |tx| Box::pin(add(tx, 1))).await.expect("a commit");

    postgres.kill().await.expect("our own server");
    let failed = run_tx(&pool, "add", |tx| Box::pin(add(tx, 1))).await.expect_err("no server");
    assert_eq!(failed.reason(), Reason::Unavailable);

    postgres.restart().await.expect("it comes back");
    run_tx(&pool, "add", |tx| Box::pin(add(tx, 1))).await.expect("a commit");
    assert_eq!(values(&pool).await, [2, 0]);
}
