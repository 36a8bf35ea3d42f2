//! The subtasks service's own use cases over a database made for a benchmark.

use std::sync::Arc;

use anyhow::Result;
use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_seal::{PageTokens, Sealer};
use labelmesh_servers::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use subtasks::app::{App, LeaseRules, names::Names, snapshots::Snapshots, turn::Turns};
use tokio::sync::Notify;

/// Makes an empty database of this name with the service's schema, and says where it is.
pub(crate) async fn database(postgres: &Postgres, name: &str) -> Result<String> {
    let mut admin = PgConnection::connect(&postgres.admin_url()).await?;
    sqlx::raw_sql("DO $$ BEGIN CREATE ROLE subtasks LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        .execute(&mut admin)
        .await?;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).execute(&mut admin).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let url = postgres.url(name);
    subtasks::migrate(&url).await?;
    Ok(url)
}

/// The use cases over a database, as the service wires them.
pub(crate) fn app(url: &str) -> Result<App> {
    let (clock, random) = (Clock::system(), Random::system());
    let nowhere = labelmesh_blobs::Config {
        endpoint: "http://127.0.0.1:1".to_owned(),
        insecure: false,
        public_endpoint: None,
        bucket: "none".to_owned(),
        region: "none".to_owned(),
        access_key: "none".to_owned(),
        secret_key: "none".to_owned().into(),
        timeout_ms: 1_000,
    };
    let outbox = Outbox::new("subtasks", clock.clone(), random.clone());
    Ok(App {
        pool: labelmesh_pg::connect(&labelmesh_pg::Config::new(url), "bench")?,
        acts: Acts::new(&outbox, &clock),
        outbox,
        blobs: Blobs::new(&nowhere).expect("on this machine"),
        pages: PageTokens::new(Sealer::new(&[1; 32].into(), random.clone())),
        names: Names::new(&[2; 32].into()),
        rules: LeaseRules { duration: TimeDelta::hours(1), rest: TimeDelta::seconds(2) },
        snapshots: Snapshots::default(),
        turns: Turns::default(),
        redeciding_bytes: 0,
        ended: Arc::new(Notify::new()),
        excluded: Arc::new(Notify::new()),
        deleted: Arc::new(Notify::new()),
        random,
        clock,
    })
}
