//! A server all of whose connections are taken.

use std::time::Duration;

use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_pg::{Config, connect};
use labelmesh_testkit::{Durability, TestDatabase, own_postgres};
use sqlx::{Connection as _, PgConnection};
use tonic_types::StatusExt as _;

use crate::{migrate, stale::write};

/// "too many connections" of SQL.
const TOO_MANY: &str = "53300";
/// How many are opened at once.
const AT_ONCE: usize = 20;

/// All connections that the server has.
async fn all_of_them(url: &str) -> Vec<PgConnection> {
    let mut taken = Vec::new();
    loop {
        let before = taken.len();
        for connection in join_all((0..AT_ONCE).map(|_| PgConnection::connect(url))).await {
            match connection {
                Ok(connection) => taken.push(connection),
                Err(sqlx::Error::Database(full)) if full.code().as_deref() == Some(TOO_MANY) => {}
                Err(error) => panic!("{error}"),
            }
        }
        if taken.len() == before {
            return taken;
        }
    }
}

#[tokio::test]
async fn who_gets_no_connection_is_told_to_come_again_and_does_as_soon_as_there_is_one() {
    let postgres = own_postgres(Durability::None).await;
    let database = TestDatabase::create_on(&postgres, "pgtest", migrate).await;
    let config = Config { acquire_timeout: Duration::from_millis(500), ..Config::new(database.url()) };
    let pool = connect(&config, "pgtest").expect("a URL");
    // The superuser's own are taken, too.
    let taken = all_of_them(database.superuser_url()).await;
    assert!(taken.len() > 390, "{} of 400", taken.len());
    for refused in join_all((0..10).map(|_| write(&pool))).await {
        let refused = refused.expect_err("there is none left");
        assert_eq!(refused.reason(), Reason::Unavailable);
        assert!(tonic::Status::from(refused).get_details_retry_info().is_some());
    }
    join_all(taken.into_iter().map(PgConnection::close)).await;
    write(&pool).await.expect("there are connections again");
}
