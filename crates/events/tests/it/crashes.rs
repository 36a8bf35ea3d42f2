//! Servers are killed in the middle: nothing is lost, nothing applied twice.

use labelmesh_testkit::{Durability, own_nats, own_postgres};

use crate::fixture::System;

const EVENTS: u64 = 600;

/// Commits events one by one until all are acknowledged by the database, whatever happens to it.
async fn produce(system: &System) {
    for number in 0..EVENTS {
        // An error leaves the fate of a commit open, so each task is first looked for.
        while system.open_task(number).await.is_err() {
            let known = "SELECT EXISTS (SELECT FROM mesh.outbox WHERE position(convert_to($1, 'UTF8') IN payload) > 0)";
            let known = sqlx::query_scalar::<_, bool>(known).bind(format!("\n{}{number}", length(number)));
            if known.fetch_one(&system.pool).await.unwrap_or(false) {
                break;
            }
        }
    }
}

/// The length of a number's digits as Protobuf writes it before a text.
fn length(number: u64) -> char {
    char::from(u8::try_from(number.to_string().len()).expect("few digits"))
}

fn everything() -> Vec<i64> {
    (0..i64::try_from(EVENTS).expect("small")).collect()
}

#[tokio::test]
async fn a_killed_broker_loses_nothing() {
    let mut nats = own_nats().await;
    let system = System::start_on(None, Some(&nats)).await;
    system.start_relay();
    system.start_counting("broker-killed");
    let crashes = async {
        for enough in [50, 200] {
            system.until_counted(enough).await;
            nats.kill().await.expect("our own server");
            nats.restart().await.expect("it comes back");
        }
    };
    tokio::join!(produce(&system), crashes);
    system.until_counted(everything().len()).await;
    assert_eq!(system.counted().await.expect("an answer"), everything());
}

#[tokio::test]
async fn a_killed_database_loses_nothing() {
    let mut postgres = own_postgres(Durability::Full).await;
    let system = System::start_on(Some(&postgres), None).await;
    system.start_relay();
    system.start_counting("database-killed");
    let crashes = async {
        for enough in [50, 200] {
            system.until_counted(enough).await;
            postgres.kill().await.expect("our own server");
            postgres.restart().await.expect("it comes back");
        }
    };
    tokio::join!(produce(&system), crashes);
    system.until_counted(everything().len()).await;
    assert_eq!(system.counted().await.expect("an answer"), everything());
}
