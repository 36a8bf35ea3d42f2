//! Wiring: the one place that knows all parts.

use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_proto::tasks::v1::task_service_server::TaskServiceServer;
use labelmesh_service::{Handle, Service, Surroundings};
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{App, Judge, Memory, announce_images, remove_clients, remove_deleted, remove_unused},
    config::{Config, NewAudience},
    domain::Audience,
    events::heard,
    grpc::Tasks,
};

const NAME: &str = "tasks";
/// How often announcements are looked for that nobody woke us for: those of a replica that died.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked for deleted tasks that nobody woke us for, and for bytes that no image has.
const REMOVE_EVERY: Duration = Duration::from_secs(2);

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let app = app(&config, &mut service).await?;
    service.ready_when("images", &app.blobs, move |blobs| async move {
        if config.create_bucket {
            // In development the bucket is made when it is first found missing, whenever S3 comes up.
            return Ok(blobs.ensure_bucket().await?);
        }
        ensure!(blobs.reachable().await?, "there is no such bucket");
        Ok(())
    });
    service.consume(heard::decisions(&app.bus), &app, heard::apply_decided);
    service.consume(heard::starved(&app.bus), &app, heard::apply_starved);
    service.consume(heard::deleted_users(&app.bus), &app, heard::apply_deleted_users);
    let announce = |app| async move { announce_images(&app).await };
    service.when_woken("announce", &app.announcing, ANNOUNCE_EVERY, &app, announce);
    let remove = |app| async move { remove_deleted(&app).await };
    service.when_woken("remove deleted", &app.removing, REMOVE_EVERY, &app, remove);
    let leave = |app| async move { remove_clients(&app).await };
    service.when_woken("remove clients", &app.leaving, REMOVE_EVERY, &app, leave);
    service.every("remove unused", REMOVE_EVERY, &app, |app| async move { remove_unused(&app).await });
    service.serve(Routes::new(TaskServiceServer::new(Tasks(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `tasks`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

async fn app(config: &Config, service: &mut Service) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let bus = service.bus(&config.events).await?;
    let images = config.images.clone();
    let workers = match images.decode_workers {
        0 => available_parallelism().map_or(1, NonZero::get),
        workers => workers,
    };
    let (outbox, clock) = (service.outbox(&pool, &bus), service.clock());
    Ok(App {
        acts: Acts::new(&outbox, &clock),
        outbox,
        pool,
        bus,
        clock,
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        blobs: Blobs::new(&config.blobs)?,
        memory: Memory::new(images.upload_memory_bytes, images.max_bytes),
        judge: Judge::new(images.max_pixels, images.decode_memory_bytes, workers),
        unused_for: TimeDelta::from_std(images.unused_for).context("images.unused_for is too long")?,
        images,
        quotas: config.quotas,
        new_audience: match config.audience.new_accounts {
            NewAudience::Open => Audience::Open,
            NewAudience::Invited => Audience::nobody(),
        },
        announcing: Arc::new(Notify::new()),
        removing: Arc::new(Notify::new()),
        leaving: Arc::new(Notify::new()),
    })
}
