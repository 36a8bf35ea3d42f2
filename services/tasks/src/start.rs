//! Wiring: the one place that knows all parts.

use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use anyhow::{Result, ensure};
use labelmesh_blobs::Blobs;
use labelmesh_events::{Bus, Event as _, Outbox, Readiness, Relay, Work};
use labelmesh_pg::{connect, is_migrated, requests};
use labelmesh_proto::{
    subtasks::v1::{SubtaskDecided, SubtaskStarved},
    tasks::v1::task_service_server::TaskServiceServer,
};
use labelmesh_seal::{PageTokens, Sealer};
use labelmesh_service::{Handle, Service, Surroundings};
use sqlx::PgPool;
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{App, Judge, Memory, keep_announcing},
    config::Config,
    events::heard,
    grpc::Tasks,
};

const NAME: &str = "tasks";
/// How many decisions one transaction takes.
const DECISIONS: usize = 500;

/// Starts the service. It runs without its neighbours and becomes ready when they are there.
///
/// # Errors
/// If a URL is none, or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let pool = connect(&config.database, NAME)?;
    let bus = Bus::connect(&config.events, NAME, service.clock(), service.random()).await?;
    let blobs = Blobs::new(&config.blobs);
    let app = app(&config, &service, pool.clone(), bus.clone(), blobs.clone());

    check_database(&mut service, &pool);
    check_bucket(&mut service, blobs, config.create_bucket);
    publish(&mut service, &app);
    consume(&mut service, &app);
    service.spawn("announce", |stop| keep_announcing(app.clone(), stop));
    let clock = service.clock();
    service.spawn("purge", |stop| requests::keep_purged(pool, clock, stop));
    service.serve(Routes::new(TaskServiceServer::new(Tasks(app)))).await
}

/// Brings the database to the present schema; `url` is that of its owner.
///
/// # Errors
/// If the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

fn app(config: &Config, service: &Service, pool: PgPool, bus: Bus, blobs: Blobs) -> App {
    let images = config.images.clone();
    let workers = match images.decode_workers {
        0 => available_parallelism().map_or(1, NonZero::get),
        workers => workers,
    };
    App {
        pool,
        outbox: Outbox::new(NAME, service.clock(), service.random()),
        bus,
        blobs,
        clock: service.clock(),
        random: service.random(),
        pages: PageTokens::new(Sealer::new(&config.page_key, service.random())),
        memory: Memory::new(images.upload_memory_bytes, images.max_bytes),
        judge: Judge::new(images.max_pixels, images.decode_memory_bytes, workers),
        images,
        announcing: Arc::new(Notify::new()),
    }
}

fn check_database(service: &mut Service, pool: &PgPool) {
    let pool = pool.clone();
    service.ready_when("database", move || {
        let pool = pool.clone();
        async move {
            ensure!(is_migrated(&pool, &sqlx::migrate!()).await?, "the database is not migrated");
            Ok(())
        }
    });
}

/// In development the bucket is made when it is first found missing, whenever S3 comes up.
fn check_bucket(service: &mut Service, blobs: Blobs, create: bool) {
    service.ready_when("images", move || {
        let blobs = blobs.clone();
        async move {
            if create {
                blobs.ensure_bucket().await?;
            } else {
                ensure!(blobs.reachable().await?, "there is no such bucket");
            }
            Ok(())
        }
    });
}

fn publish(service: &mut Service, app: &App) {
    let relay = Relay::new(&app.pool, &app.outbox, &app.bus);
    check(service, "relay", relay.readiness());
    service.spawn("relay", |stop| relay.run(stop));
}

fn consume(service: &mut Service, app: &App) {
    let decisions = Work::new(&app.bus, heard::DECISIONS, &[SubtaskDecided::SUBJECT]).batch(DECISIONS);
    check(service, heard::DECISIONS, decisions.readiness());
    let used = app.clone();
    service.spawn(heard::DECISIONS, |stop| decisions.run(move |batch| heard::apply_decided(used.clone(), batch), stop));
    let starved = Work::new(&app.bus, heard::STARVED, &[SubtaskStarved::SUBJECT]).batch(DECISIONS);
    check(service, heard::STARVED, starved.readiness());
    let used = app.clone();
    service.spawn(heard::STARVED, |stop| starved.run(move |batch| heard::apply_starved(used.clone(), batch), stop));
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
