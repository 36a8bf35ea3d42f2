//! A server that takes no changes any more, as a primary that was demoted.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_pg::{Config, connect, run_tx};
use sqlx::{Connection as _, PgPool};
use tonic_types::StatusExt as _;

use crate::database;

pub(crate) async fn write(pool: &PgPool) -> Result<()> {
    run_tx(pool, "write", |tx| {
        Box::pin(async move {
            sqlx::query("INSERT INTO item VALUES (1, 0) ON CONFLICT (id) DO NOTHING").execute(&mut **tx).await?;
            Ok(())
        })
    })
    .await
}

/// A pool whose only connection is one to a server that only reads.
async fn demoted(url: &str) -> PgPool {
    let pool = connect(&Config { max_connections: 1, ..Config::new(url) }, "pgtest").expect("a URL");
    let mut connection = pool.acquire().await.expect("a connection");
    sqlx::query("SET default_transaction_read_only = on").execute(&mut *connection).await.expect("set");
    connection.ping().await.expect("it lives");
    pool
}

#[tokio::test]
async fn what_a_server_that_only_reads_refuses_is_unavailable_and_the_next_try_goes_elsewhere() {
    let database = database().await;
    let pool = demoted(database.url()).await;
    let refused = write(&pool).await.expect_err("it only reads");
    assert_eq!(refused.reason(), Reason::Unavailable);
    assert!(tonic::Status::from(refused).get_details_retry_info().is_some());
    write(&pool).await.expect("the connection is another");
}

#[tokio::test]
async fn a_statement_that_the_server_has_forgotten_is_prepared_again() {
    let database = database().await;
    let pool = connect(&Config { max_connections: 1, ..Config::new(database.url()) }, "pgtest").expect("a URL");
    // Held, since a pool makes its connections anew when it hears of another that is stale, as other tests have some.
    let mut connection = pool.acquire().await.expect("a connection");
    let statement = || sqlx::query("SELECT count(*) FROM item");
    statement().execute(&mut *connection).await.expect("prepared");
    sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *connection).await.expect("forgotten");
    let refused = statement().execute(&mut *connection).await.expect_err("forgotten");
    assert_eq!(Error::from(refused).reason(), Reason::Unavailable);
    drop(connection);
    write(&pool).await.expect("the connection is another");
}
