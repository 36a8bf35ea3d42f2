//! Wiring: the one place that knows all parts.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_blobs::Blobs;
use labelmesh_events::{Bus, Outbox, Readiness, Relay};
use labelmesh_pg::{connect, is_migrated};
use labelmesh_proto::subtasks::v1::subtask_service_server::SubtaskServiceServer;
use labelmesh_seal::{PageTokens, Sealer};
use labelmesh_service::{Handle, Service, Surroundings};
use sqlx::PgPool;
use tokio::sync::{Notify, Semaphore};
use tonic::service::Routes;

use crate::app::{App, LeaseRules, pseudonyms::Pseudonyms, snapshots::Snapshots};
use crate::config::{Config, Leases};
use crate::{events, grpc::Subtasks, worker};

const NAME: &str = "subtasks";

/// Starts the service. It runs without its neighbours and becomes ready when they are there. The images' store is no
/// condition: votes are taken without it.
///
/// # Errors
/// If the configuration makes no sense, or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let pool = connect(&config.database, NAME)?;
    let bus = Bus::connect(&config.events, NAME, service.clock(), service.random()).await?;
    let app = app(&config, &service, pool.clone())?;

    check_database(&mut service, pool.clone());
    let relay = Relay::new(&pool, &app.outbox, &bus);
    check(&mut service, "relay", relay.readiness());
    service.spawn("relay", |stop| relay.run(stop));
    consume(&mut service, &app, &bus);
    service.spawn("lapse", |stop| worker::keep_lapsing(app.clone(), stop));
    service.spawn("learn", |stop| worker::keep_learning(app.clone(), stop));
    service.spawn("redecide", |stop| worker::keep_redeciding(app.clone(), stop));
    service.spawn("close", |stop| worker::keep_closing(app.clone(), stop));
    service.serve(Routes::new(SubtaskServiceServer::new(Subtasks::new(app)))).await
}

/// Brings the database to the present schema; `url` is that of its owner.
///
/// # Errors
/// If the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

fn app(config: &Config, service: &Service, pool: PgPool) -> Result<App> {
    Ok(App {
        pool,
        clock: service.clock(),
        random: service.random(),
        outbox: Outbox::new(NAME, service.clock(), service.random()),
        blobs: Blobs::new(&config.blobs),
        pages: PageTokens::new(Sealer::new(&config.page_key, service.random())),
        pseudonyms: Pseudonyms::new(&config.pseudonym_key),
        rules: rules(&config.leases)?,
        snapshots: Snapshots::default(),
        redeciding_bytes: u64::from(config.redeciding.memory_mib) << 20,
        computing: Arc::new(Semaphore::new(1)),
        ended: Arc::new(Notify::new()),
    })
}

fn rules(leases: &Leases) -> Result<LeaseRules> {
    ensure!(!leases.length.is_zero(), "leases.length must not be nothing");
    // Signed addresses of images live as long as a lease, and S3 allows a week.
    ensure!(leases.length.as_secs() <= 7 * 86_400, "leases.length must not be more than a week");
    Ok(LeaseRules {
        duration: TimeDelta::from_std(leases.length).context("leases.length is too long")?,
        rest: TimeDelta::from_std(leases.rest).context("leases.rest is too long")?,
    })
}

fn check_database(service: &mut Service, pool: PgPool) {
    service.ready_when("database", move || {
        let pool = pool.clone();
        async move {
            ensure!(is_migrated(&pool, &sqlx::migrate!()).await?, "the database is not migrated");
            Ok(())
        }
    });
}

fn consume(service: &mut Service, app: &App, bus: &Bus) {
    let work = events::consumer(bus);
    check(service, "tasks' events", work.readiness());
    let app = app.clone();
    let handler = move |deliveries: Vec<_>| {
        let app = app.clone();
        async move { events::apply(&app, &deliveries).await }
    };
    service.spawn("tasks' events", |stop| work.run(handler, stop));
}

fn check(service: &mut Service, what: &'static str, readiness: Readiness) {
    service.ready_when(what, move || {
        let is_ready = readiness.is_ready();
        async move {
            ensure!(is_ready, "it waits for its stream");
            Ok(())
        }
    });
}
