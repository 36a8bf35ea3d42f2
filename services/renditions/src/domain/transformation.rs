//! A picture that somebody has asked for, and the job that makes it.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::{BatchId, TransformationId, UserId};

use super::{Digest, Failure, JobKey, Rendition, Spec};

/// Pictures to be made, whoever has asked for them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    pub(crate) key: JobKey,
    /// How often it was queued.
    pub(crate) run: u32,
    /// None where a page is the source.
    pub(crate) source: Option<Digest>,
    pub(crate) spec: Spec,
    pub(crate) queued_at: DateTime<Utc>,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// These pictures are stored; there is one at least.
    Made(Vec<Rendition>),
    /// There are none.
    Failed(Failure),
}

/// A picture that somebody has asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Transformation {
    pub(crate) id: TransformationId,
    pub(crate) owner: UserId,
    pub(crate) batch: Option<BatchId>,
    pub(crate) key: JobKey,
    /// None where a page is the source.
    pub(crate) source: Option<Digest>,
    pub(crate) spec: Spec,
    /// Grows with every change.
    pub(crate) version: u64,
    pub(crate) created_at: DateTime<Utc>,
    /// When work on it began, where any has.
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) state: State,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum State {
    Queued,
    Running,
    Succeeded { renditions: Vec<Rendition>, ended_at: DateTime<Utc> },
    Failed { failure: Failure, ended_at: DateTime<Utc> },
    Cancelled { ended_at: DateTime<Utc> },
}

impl Transformation {
    /// When it ended, if it has.
    pub(crate) fn ended_at(&self) -> Option<DateTime<Utc>> {
        match &self.state {
            State::Queued | State::Running => None,
            State::Succeeded { ended_at, .. } | State::Failed { ended_at, .. } | State::Cancelled { ended_at } => {
                Some(*ended_at)
            }
        }
    }

    /// One of the pictures that it has made, from 0.
    ///
    /// # Errors
    /// RENDITION_NOT_READY; NOT_FOUND where it has made fewer.
    pub(crate) fn rendition(&self, index: usize) -> Result<&Rendition> {
        match &self.state {
            State::Succeeded { renditions, .. } => renditions.get(index).ok_or_else(|| Error::not_found("picture")),
            State::Queued | State::Running => Err(not_ready("the picture is not made yet")),
            State::Failed { .. } => Err(not_ready("no picture could be made")),
            State::Cancelled { .. } => Err(not_ready("the transformation was cancelled")),
        }
    }

    /// Cancels it; none where that was done before.
    ///
    /// # Errors
    /// TRANSFORMATION_ENDED.
    pub(crate) fn cancel(self, now: DateTime<Utc>) -> Result<Option<Self>> {
        match self.state {
            State::Queued | State::Running => {
                Ok(Some(Self { version: self.version + 1, state: State::Cancelled { ended_at: now }, ..self }))
            }
            State::Cancelled { .. } => Ok(None),
            State::Succeeded { .. } | State::Failed { .. } => {
                Err(Error::new(Reason::TransformationEnded, "the transformation has ended"))
            }
        }
    }
}

fn not_ready(why: &str) -> Error {
    Error::new(Reason::RenditionNotReady, why)
}
