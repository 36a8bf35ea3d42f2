//! One job, from its event to the event of its end.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use labelmesh_errors::{Error, Reason};
use labelmesh_events::{Delivery, Failure as Trouble};
use labelmesh_pages::RenderError;
use labelmesh_pixels::Limits;
use tokio::time::Instant;

use super::{
    Worker,
    make::{Made, make, memory_bytes},
    pages::{Company, Seen, Unseen},
    processor::Room,
};
use crate::{
    domain::{Digest, Failure, Job, Kind, Outcome, PageView, Rendition},
    events::{heard, published},
};

/// How often a job is delivered at most: workers have ended while they were at it each time before.
const MOST_DELIVERIES: u64 = 5;

/// How long a worker waits before it asks a server again that did not answer; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often a page is looked at again at once of which the process crashed, or for which no browser starts.
const MOST_AGAIN: u32 = 3;
/// How often a page is looked at again at which the browser was lost, which others that are looked at lose as well.
const MOST_LOST: u32 = 2;
/// The part of its time that a page has of its job's; the rest is for its picture.
const PAGES_PART: (u32, u32) = (2, 3);

const OUTCOMES: [&str; 3] = ["made", "known", "failed"];

/// An alert sees the first one only where there was a zero before it.
pub(super) fn begin_to_count(kind: Kind) {
    for outcome in OUTCOMES {
        count(kind, outcome, 0);
    }
}

fn count(kind: Kind, outcome: &'static str, jobs: u64) {
    metrics::counter!("renditions_jobs_total", "kind" => kind.name(), "outcome" => outcome).increment(jobs);
}

/// What pictures are made of.
struct Origin {
    bytes: Bytes,
    /// The page that it is of.
    page: Option<PageView>,
    /// How long making them may take.
    deadline: Duration,
    limits: Limits,
    /// The memory that is set aside for it already.
    room: Option<Room>,
}

impl Worker {
    /// Does a job and tells how it ended. What a server that is away keeps from being done is tried again until it is
    /// back: the job is kept meanwhile, so that being delivered again means that a worker has ended.
    pub(super) async fn work(&self, delivery: &Delivery) -> Result<(), Trouble> {
        let job = heard::job(delivery)?;
        let kind = job.spec.kind();
        let begun = Instant::now();
        let outcome = match self.known(&job.key).await? {
            Some(renditions) => {
                count(kind, "known", 1);
                Outcome::Made(renditions)
            }
            None => {
                let outcome = self.outcome(&job, delivery.attempt()).await?;
                count(kind, if matches!(outcome, Outcome::Made(_)) { "made" } else { "failed" }, 1);
                outcome
            }
        };
        let seconds = begun.elapsed().as_secs_f64();
        metrics::histogram!("renditions_job_seconds", "kind" => kind.name()).record(seconds);
        if let Outcome::Failed(failure) = &outcome {
            tracing::info!(job.key = %job.key, error.reason = failure.reason.wire_name(), "a job failed");
        }
        let finished = published::finished(&job, outcome, self.clock.now());
        self.patiently("tell that a job has ended", || self.bus.publish(&finished)).await?;
        Ok(())
    }

    async fn outcome(&self, job: &Job, attempt: u64) -> Result<Outcome, Trouble> {
        if attempt > MOST_DELIVERIES {
            tracing::error!(job.key = %job.key, "workers have ended while they were at a job; it is given up");
            return Ok(Outcome::Failed(Failure::worker_lost()));
        }
        let started = published::started(job, self.clock.now());
        // What is lost of that is told by the end.
        let (_, origin) = tokio::join!(self.bus.publish(&started), self.origin(job));
        let Origin { bytes: source, page, deadline, limits, room } = match origin? {
            Ok(origin) => origin,
            Err(failure) => return Ok(Outcome::Failed(failure)),
        };
        let (bytes, spec) = (source.clone(), job.spec.clone());
        let needed = self.processor.read(move || Ok(memory_bytes(&bytes, &spec, limits)?)).await;
        let needed = match needed {
            Ok(needed) => needed + source.len() as u64,
            Err(failure) => return Ok(Outcome::Failed(failure)),
        };
        let (spec, detector) = (job.spec.clone(), Arc::clone(&self.detector));
        let deadline = self.deadlines.of_writing(&spec, deadline);
        let room = match room {
            Some(room) => room.shrunk(needed),
            None => self.processor.room(needed).await,
        };
        let made = self.processor.make(room, deadline, move || make(&source, &spec, limits, &detector)).await;
        match made {
            Ok(mut made) => {
                for made in &mut made {
                    made.rendition.page.clone_from(&page);
                }
                Ok(Outcome::Made(self.stored(job, made).await?))
            }
            Err(failure) => Ok(Outcome::Failed(failure)),
        }
    }

    /// What the pictures of a job are to be made of.
    async fn origin(&self, job: &Job) -> Result<Result<Origin, Failure>, Trouble> {
        let (deadline, limits) = (self.deadlines.of(job.spec.kind()), self.limits);
        let Some(source) = &job.source else { return self.seen(job, deadline).await };
        let source = self.source(source).await?;
        let origin = source.map(|bytes| Origin { bytes, page: None, deadline, limits, room: None });
        Ok(origin.ok_or_else(Failure::source_gone))
    }

    /// What is seen of the page of a job. Where no browser starts, the job is given back: the worker may be to blame.
    /// Where the page's own process crashes, the page is, and where the browser is lost although the page is alone in
    /// it.
    async fn seen(&self, job: &Job, deadline: Duration) -> Result<Result<Origin, Failure>, Trouble> {
        let (part, all) = PAGES_PART;
        let time = deadline * part / all;
        let (mut again, mut lost) = (0, 0);
        loop {
            let company = if lost > 0 { Company::Alone } else { Company::Others };
            match self.pages.look(&job.spec, time, self.limits, company).await {
                Ok(Seen { bytes, view, limits, room }) => {
                    let (page, deadline) = (Some(view), deadline - time);
                    return Ok(Ok(Origin { bytes, page, deadline, limits, room }));
                }
                Err(Unseen::Failed(failure)) => return Ok(Err(failure)),
                Err(Unseen::Crashed) if self.stop.is_cancelled() => return Err(Trouble::ill(RenderError::Crashed)),
                Err(Unseen::Crashed) if again >= MOST_AGAIN => return Ok(Err(Failure::page_crashed())),
                Err(Unseen::Crashed) => {}
                Err(Unseen::BrowserLost) if self.stop.is_cancelled() => {
                    return Err(Trouble::ill(RenderError::BrowserLost));
                }
                Err(Unseen::BrowserLost) if lost >= MOST_LOST => return Ok(Err(Failure::browser_lost())),
                Err(Unseen::BrowserLost) => {
                    tracing::warn!(job.key = %job.key, "the browser was lost while it showed a page");
                    lost += 1;
                }
                Err(Unseen::NoBrowser(error)) => {
                    tracing::warn!(job.key = %job.key, error = &error as &dyn std::error::Error, "there is no browser");
                    if again >= MOST_AGAIN || self.stop.is_cancelled() {
                        return Err(Trouble::ill(error));
                    }
                }
            }
            again += 1;
            tokio::time::sleep(FIRST_PAUSE * again).await;
        }
    }

    /// Stores pictures, and then what they are: where that is told, the pictures are there.
    async fn stored(&self, job: &Job, made: Vec<Made>) -> Result<Vec<Rendition>, Trouble> {
        let mut renditions = Vec::with_capacity(made.len());
        for Made { bytes, rendition } in made {
            let rendition = Rendition { sha256: Digest::of(&bytes).to_string(), ..rendition };
            self.store(&job.key, bytes, &rendition).await?;
            renditions.push(rendition);
        }
        self.describe(&job.key, renditions).await
    }

    /// Tries until it is done, or the worker stops. What a server refuses (wrong keys, no such bucket, a rule against
    /// it) is not tried again: the job is given back, for a worker that is let.
    pub(super) async fn patiently<T, F>(&self, what: &'static str, attempt: impl Fn() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match attempt().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            if error.reason() != Reason::Unavailable {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    work.name = what,
                    "a server refuses a worker"
                );
                return Err(Trouble::ill(error));
            }
            tracing::warn!(error = &error as &dyn std::error::Error, work.name = what, "a worker waits for a server");
            tokio::select! {
                () = self.stop.cancelled() => return Err(Trouble::ill(error)),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
