//! Events of this service, made from jobs.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Outbox;
use labelmesh_proto::{
    renditions::v1::{
        self, CropQueued, JobFinished, JobStarted, LeadImageQueued, Made, OptimizeQueued, PortraitQueued, ResizeQueued,
        ScreenshotQueued, job_finished,
    },
    timestamp,
};
use sqlx::PgConnection;

use crate::domain::{Job, Kind, Outcome};

/// Leaves with the transaction that jobs wait for workers, each in the queue of its kind.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn enqueue(outbox: &Outbox, connection: &mut PgConnection, jobs: Vec<Job>) -> Result<()> {
    let (mut resize, mut crop, mut optimize, mut portrait) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut screenshot, mut lead_image) = (Vec::new(), Vec::new());
    for job in jobs {
        let kind = job.spec.kind();
        let job = Some(v1::Job::from(job));
        match kind {
            Kind::Resize => resize.push(ResizeQueued { job }),
            Kind::Crop => crop.push(CropQueued { job }),
            Kind::Optimize => optimize.push(OptimizeQueued { job }),
            Kind::Portrait => portrait.push(PortraitQueued { job }),
            Kind::Screenshot => screenshot.push(ScreenshotQueued { job }),
            Kind::LeadImage => lead_image.push(LeadImageQueued { job }),
        }
    }
    outbox.enqueue_all(connection, &resize).await?;
    outbox.enqueue_all(connection, &crop).await?;
    outbox.enqueue_all(connection, &optimize).await?;
    outbox.enqueue_all(connection, &portrait).await?;
    outbox.enqueue_all(connection, &screenshot).await?;
    outbox.enqueue_all(connection, &lead_image).await?;
    Ok(())
}

/// A worker has begun with a job.
pub(crate) fn started(job: &Job, now: DateTime<Utc>) -> JobStarted {
    JobStarted { key: job.key.to_string(), run: job.run, occurred_at: Some(timestamp(now)) }
}

/// A job has ended.
pub(crate) fn finished(job: &Job, outcome: Outcome, now: DateTime<Utc>) -> JobFinished {
    let outcome = match outcome {
        Outcome::Made(renditions) => {
            job_finished::Outcome::Made(Made { renditions: renditions.into_iter().map(Into::into).collect() })
        }
        Outcome::Failed(failure) => job_finished::Outcome::Failure(Error::from(failure).into()),
    };
    JobFinished { key: job.key.to_string(), run: job.run, outcome: Some(outcome), occurred_at: Some(timestamp(now)) }
}
