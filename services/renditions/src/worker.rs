//! The role that makes pictures: it has no database, so that there may be none of it, or many.

mod job;
mod make;
mod processor;
mod store;

use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use anyhow::{Result, ensure};
use labelmesh_blobs::Blobs;
use labelmesh_clock::Clock;
use labelmesh_events::{Bus, Delivery, Failure};
use labelmesh_faces::Detector;
use labelmesh_pixels::Limits;
use labelmesh_service::{CancellationToken, Handle, Service, Surroundings};
use tonic::service::Routes;

use self::processor::Processor;
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
    stop: CancellationToken,
}

/// Starts a worker of these kinds. It serves nothing but its health.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: WorkerConfig, kinds: &[Kind], surroundings: Surroundings) -> Result<Handle> {
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
    let processor = Processor::new(at_once, config.memory_bytes);
    let detector = Arc::new(Detector::load()?);
    let overrun = processor.overrun();
    service.spawn("watch over jobs", |stop| async move {
        // A thread can't be ended but with its process: ending this task has the service stop.
        tokio::select! {
            () = stop.cancelled() => {}
            () = overrun.notified() => tracing::error!("a job is at it after twice its time; the worker ends"),
        }
    });
    for kind in kinds {
        job::begin_to_count(*kind);
        // One more than are made at once, so that files are fetched and stored while others are made.
        for _ in 0..=at_once {
            let (bus, blobs, clock) = (bus.clone(), blobs.clone(), service.clock());
            let (limits, deadlines) = (config.pictures.limits(config.memory_bytes), config.deadlines);
            let (processor, detector) = (processor.clone(), Arc::clone(&detector));
            service.spawn(kind.name(), |stop| {
                let worker = Worker { bus, blobs, clock, limits, deadlines, processor, detector, stop: stop.clone() };
                let queue = heard::queue(&worker.bus, *kind);
                queue.run(move |batch| work(worker.clone(), batch), stop)
            });
        }
    }
    tracing::info!(kinds = ?kinds, at_once, "a worker makes pictures");
    service.serve(Routes::default()).await
}

/// Does the jobs of a batch.
async fn work(worker: Worker, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        worker.work(delivery).await?;
    }
    Ok(())
}
