//! Wiring: the one place that knows all parts of the role that takes calls.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_blobs::Blobs;
use labelmesh_outbound::Addresses;
use labelmesh_proto::renditions::v1::rendition_service_server::RenditionServiceServer;
use labelmesh_service::{Handle, Service, Surroundings};
use tokio::sync::Semaphore;
use tonic::service::Routes;

use crate::{
    app::{App, Offer, give_up, measure_queues, remove_old, take_turns},
    config::Config,
    events::heard,
    grpc::Renditions,
    tasks::Tasks,
};

/// The name of the service.
pub(crate) const NAME: &str = "renditions";
/// How often it is measured how many jobs wait.
const MEASURE_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked for what nobody has wanted for a while, for jobs that nobody makes, and for turns that nobody
/// has taken.
const REMOVE_EVERY: Duration = Duration::from_secs(2);
/// How many calls may wait for an end at once: less than calls there may be.
const MOST_WAITING: usize = 256;

/// Starts the role that takes calls. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let app = app(&config, &mut service).await?;
    service.ready_when("pictures", &app.blobs, move |blobs| async move {
        if config.create_bucket {
            // In development the bucket is made when it is first found missing, whenever S3 comes up.
            return Ok(blobs.ensure_bucket().await?);
        }
        ensure!(blobs.reachable().await?, "there is no such bucket");
        Ok(())
    });
    service.consume(heard::progress(&app.bus), &app, heard::apply_progress);
    service.consume(heard::deleted_users(&app.bus), &app, heard::apply_deleted_users);
    service.every("measure queues", MEASURE_EVERY, &app, |app| async move { measure_queues(&app).await });
    service.every("remove old", REMOVE_EVERY, &app, |app| async move { remove_old(&app).await });
    service.every("give up", REMOVE_EVERY, &app, |app| async move { give_up(&app).await });
    service.every("take turns", REMOVE_EVERY, &app, |app| async move { take_turns(&app).await });
    service.serve(Routes::new(RenditionServiceServer::new(Renditions(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `renditions`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

async fn app(config: &Config, service: &mut Service) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let bus = service.bus(&config.events).await?;
    let pictures = config.pictures;
    // The others are for whoever needs no copy.
    let copies = usize::try_from(config.database.max_connections / 4)?.max(1);
    let uploads = usize::try_from(pictures.upload_memory_bytes / pictures.max_bytes.max(1))?.max(1);
    Ok(App {
        outbox: service.outbox(&pool, &bus),
        pool,
        bus,
        clock: service.clock(),
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        blobs: Blobs::new(&config.blobs)?,
        tasks: Tasks::new(&service.peer("tasks", &config.tasks), &service.signer()?),
        pictures,
        quotas: config.quotas,
        offer: Offer {
            kinds: config.kinds.iter().copied().collect(),
            addresses: Addresses::and(config.pages.allow.clone()),
        },
        turns: config.turns,
        kept_for: TimeDelta::from_std(pictures.kept_for).context("pictures.kept_for is too long")?,
        uploads: Arc::new(Semaphore::new(uploads)),
        copies: Arc::new(Semaphore::new(copies)),
        waiting: Arc::new(Semaphore::new(MOST_WAITING)),
    })
}
