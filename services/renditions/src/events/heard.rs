//! Events of workers, of this service to its workers, and of `users`, parsed.

use labelmesh_errors::{Reason, parse_field};
use labelmesh_events::{Bus, Consumer, Delivery, Failure, Work};
use labelmesh_proto::{
    renditions::v1::{
        CropQueued, JobFinished, JobStarted, LeadImageQueued, OptimizeQueued, PortraitQueued, ResizeQueued,
        ScreenshotQueued, job_finished,
    },
    users::v1::UserDeleted,
};
use tonic_types::RpcStatusExt as _;

use crate::{
    app::{self, App, News},
    domain::{self, Job, Kind, Outcome},
};

/// How many events one transaction takes at most.
const BATCH: usize = 200;

/// The consumer of what workers tell, shared by all replicas.
pub(crate) fn progress(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::RENDITIONS_PROGRESS).batch(BATCH)
}

/// The consumer of users who were deleted, shared by all replicas.
pub(crate) fn deleted_users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::RENDITIONS_DELETED_USERS)
}

/// The queue of a kind, shared by all workers of it, each of which takes one job at a time.
pub(crate) fn queue(bus: &Bus, kind: Kind) -> Work {
    let consumer = match kind {
        Kind::Resize => &Consumer::RENDITIONS_RESIZE,
        Kind::Crop => &Consumer::RENDITIONS_CROP,
        Kind::Optimize => &Consumer::RENDITIONS_OPTIMIZE,
        Kind::Portrait => &Consumer::RENDITIONS_PORTRAIT,
        Kind::Screenshot => &Consumer::RENDITIONS_SCREENSHOT,
        Kind::LeadImage => &Consumer::RENDITIONS_LEAD_IMAGE,
    };
    Work::of(bus, consumer)
}

/// Applies a batch of what workers tell, wholly or not at all.
pub(crate) async fn apply_progress(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let news: Result<Vec<_>, _> = batch.iter().map(news).collect();
    Ok(app::apply_progress(&app, news?).await?)
}

/// Removes what deleted users had. Each is harmless when it comes again.
pub(crate) async fn apply_deleted_users(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: UserDeleted = delivery.decode()?;
        app::forget_client(&app, parse_field("user_id", &event.user_id)?).await?;
    }
    Ok(())
}

/// The job of an event that one waits for a worker.
pub(crate) fn job(delivery: &Delivery) -> Result<Job, Failure> {
    let job = if delivery.is::<ResizeQueued>() {
        delivery.decode::<ResizeQueued>()?.job
    } else if delivery.is::<CropQueued>() {
        delivery.decode::<CropQueued>()?.job
    } else if delivery.is::<OptimizeQueued>() {
        delivery.decode::<OptimizeQueued>()?.job
    } else if delivery.is::<PortraitQueued>() {
        delivery.decode::<PortraitQueued>()?.job
    } else if delivery.is::<ScreenshotQueued>() {
        delivery.decode::<ScreenshotQueued>()?.job
    } else {
        delivery.decode::<LeadImageQueued>()?.job
    };
    Ok(job.unwrap_or_default().try_into()?)
}

fn news(delivery: &Delivery) -> Result<News, Failure> {
    if delivery.is::<JobStarted>() {
        let event: JobStarted = delivery.decode()?;
        return Ok(News { key: parse_key(&event.key)?, run: event.run, outcome: None });
    }
    let event: JobFinished = delivery.decode()?;
    let outcome = match event.outcome.ok_or_else(|| Failure::poison("the event tells no outcome"))? {
        job_finished::Outcome::Made(made) if made.renditions.is_empty() => {
            return Err(Failure::poison("the event tells of no picture"));
        }
        job_finished::Outcome::Made(made) => Outcome::Made(made.renditions.into_iter().map(Into::into).collect()),
        job_finished::Outcome::Failure(status) => Outcome::Failed(failure(&status)),
    };
    Ok(News { key: parse_key(&event.key)?, run: event.run, outcome: Some(outcome) })
}

fn parse_key(text: &str) -> Result<domain::JobKey, Failure> {
    Ok(parse_field("key", text)?)
}

fn failure(status: &tonic_types::Status) -> domain::Failure {
    let reason = status.get_details_error_info().and_then(|info| Reason::from_wire_name(&info.reason));
    domain::Failure::new(reason.unwrap_or(Reason::Internal), &*status.message)
}
