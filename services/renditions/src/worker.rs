//! The role that makes pictures: it has no database, so that there may be none of it, or many.

mod job;
mod make;
mod pages;
mod processor;
mod store;

use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};

use anyhow::{Context as _, Result, ensure};
use labelmesh_blobs::Blobs;
use labelmesh_browser::Browser;
use labelmesh_clock::Clock;
use labelmesh_events::{Bus, Delivery, Failure};
use labelmesh_faces::Detector;
use labelmesh_pixels::Limits;
use labelmesh_service::{CancellationToken, Handle, Service, Surroundings};
use tonic::service::Routes;

use self::{pages::Pages, processor::Processor};
use crate::{
    config::{Deadlines, WorkerConfig},
    domain::Kind,
    events::heard,
    start::NAME,
};

/// What a worker works with. Clones share everything.
#[derive(Clone)]
struct Worker {
    bus: Bus,
    blobs: Blobs,
    clock: Clock,
    limits: Limits,
    deadlines: Deadlines,
    processor: Processor,
    detector: Arc<Detector>,
    pages: Pages,
    stop: CancellationToken,
}

/// How often it is measured how much memory the browser has.
const MEASURE_EVERY: Duration = Duration::from_secs(5);

/// Starts a worker of these kinds, or of all that it can make. It serves nothing but its health.
///
/// # Errors
/// Fails where the configuration is not valid, an address can't be listened at, or screenshots are among the kinds that
/// are named and there is no browser.
pub async fn start(config: WorkerConfig, kinds: Option<&[Kind]>, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let bus = service.bus(&config.events).await?;
    let blobs = Blobs::new(&config.blobs)?;
    service.ready_when("pictures", &blobs, |blobs| async move {
        ensure!(blobs.reachable().await?, "there is no such bucket");
        Ok(())
    });
    let at_once = match config.at_once {
        0 => available_parallelism().map_or(1, NonZero::get),
        at_once => at_once,
    };
    let browser = browser(&config, kinds)?;
    let makes = |kind: &Kind| *kind != Kind::Screenshot || browser.is_some();
    let kinds: Vec<Kind> = kinds.unwrap_or(&Kind::ALL).iter().copied().filter(makes).collect();
    let processor = Processor::new(at_once, config.memory_bytes);
    let pages = Pages::new(&config.pages, browser, processor.clone())?;
    let detector = Arc::new(Detector::load()?);
    let overrun = processor.overrun();
    service.spawn("watch over jobs", |stop| async move {
        // A thread can't be ended but with its process: ending this task has the service stop.
        tokio::select! {
            () = stop.cancelled() => {}
            () = overrun.notified() => tracing::error!("a job is at it after twice its time; the worker ends"),
        }
    });
    if kinds.iter().any(|kind| kind.is_of_pages()) {
        service.every("measure the browser", MEASURE_EVERY, &pages, |pages| async move { pages.measure().await });
    }
    for kind in &kinds {
        job::begin_to_count(*kind);
        // One more than are made at once, so that files are fetched and stored while others are made.
        let hands = if kind.is_of_pages() { config.pages.at_once.max(1) } else { at_once + 1 };
        for _ in 0..hands {
            let (bus, blobs, clock) = (bus.clone(), blobs.clone(), service.clock());
            let (limits, deadlines) = (config.pictures.limits(config.memory_bytes), config.deadlines);
            let (processor, detector, pages) = (processor.clone(), Arc::clone(&detector), pages.clone());
            service.spawn(kind.name(), |stopping| {
                let stop = stopping.clone();
                let worker = Worker { bus, blobs, clock, limits, deadlines, processor, detector, pages, stop };
                let queue = heard::queue(&worker.bus, *kind);
                queue.run(move |batch| work(worker.clone(), batch), stopping)
            });
        }
    }
    tracing::info!(kinds = ?kinds, at_once, "a worker makes pictures");
    service.serve(Routes::default()).await
}

/// The browser, where pages are looked at and there is one.
fn browser(config: &WorkerConfig, kinds: Option<&[Kind]>) -> Result<Option<Browser>> {
    if !kinds.unwrap_or(&Kind::ALL).iter().any(|kind| kind.is_of_pages()) {
        return Ok(None);
    }
    let config = labelmesh_browser::Config {
        program: config.pages.chromium.clone(),
        user: config.pages.user,
        ..labelmesh_browser::Config::default()
    };
    match Browser::new(config) {
        Ok(browser) => Ok(Some(browser)),
        Err(error) if kinds.is_some_and(|kinds| kinds.contains(&Kind::Screenshot)) => {
            Err(error).context("no screenshots can be made")
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "no screenshots are made, and lead images are found by HTML alone");
            Ok(None)
        }
    }
}

/// Does the jobs of a batch.
async fn work(worker: Worker, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        worker.work(delivery).await?;
    }
    Ok(())
}
