//! The import of recorded votes and decisions into an open task, from CSV or JSON Lines.
//!
//! A file is read line by line and applied in batches. Each batch is one transaction, so memory is bounded whatever the
//! size of the file, and the lines before stand whatever ends an import. A line that can't be applied is reported and
//! stops nothing. Importing the same again changes nothing.

pub mod decisions;
mod files;
mod poll;
pub mod votes;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use tokio::sync::mpsc;

use super::App;
use crate::domain::TaskState;
use crate::store::tasks::{self, OwnTask};
use files::Position;

/// How many problem lines are reported one by one; further ones are only counted.
const TOLD: u64 = 1_000;

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The file's name, on its first piece.
    pub name: String,
    /// The next bytes.
    pub data: Bytes,
    /// Whether the file ends here.
    pub last: bool,
}

/// A line that could not be applied.
#[derive(Debug)]
pub struct Problem {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub error: Error,
}

/// The refusal of an item that is no image's id.
fn no_image_id() -> Error {
    let rule = "must be an image's id, in this column or one that stands for it, such as item; ListImages tells the id \
                of each name";
    Error::invalid("image_id", rule)
}

/// A message to the caller of an import.
#[derive(Debug)]
pub enum Report<S> {
    /// A line could not be applied.
    Problem(Problem),
    /// The import has come to its end.
    Summary(S),
}

/// Checks that an import may begin: that the caller may import, and that all images of the task are there, which arrive
/// a while after it was submitted. Returns what is known of the task.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, TASK_ENDED where it was cancelled, UNAVAILABLE while
/// images are missing.
pub async fn admit(app: &App, reach: Reach, task: TaskId) -> Result<OwnTask> {
    let known = open_to(app, reach, task).await?;
    let mut db = app.pool.acquire().await?;
    if tasks::has_arrived(&mut db, &known).await? {
        return Ok(known);
    }
    let error = Error::new(Reason::Unavailable, "the task's images have not all arrived yet");
    Err(error.retry_after(Duration::from_secs(1)))
}

/// The task, if the caller may import into it.
async fn open_to(app: &App, reach: Reach, task: TaskId) -> Result<OwnTask> {
    let mut db = app.pool.acquire().await?;
    let known = tasks::within(&mut db, reach, task).await?;
    if known.state == TaskState::Cancelled || known.terms.is_none() {
        return Err(Error::new(Reason::TaskEnded, "the task has ended"));
    }
    Ok(known)
}

/// Notes what came of an import that has come to its end.
async fn note_end(app: &App, deed: impl Fn() -> Deed + Send + Sync) -> Result<()> {
    let deed = &deed;
    run_tx(&app.pool, "note_import", |tx| Box::pin(async move { app.acts.note(tx, deed()).await })).await
}

/// Reports to the caller, problem lines up to a number.
struct Teller<S> {
    reports: mpsc::Sender<Report<S>>,
    told: u64,
}

impl<S: Send + 'static> Teller<S> {
    fn new(reports: mpsc::Sender<Report<S>>) -> Self {
        Self { reports, told: 0 }
    }

    async fn problem(&mut self, at: Position, error: Error) -> Result<()> {
        self.told += 1;
        if self.told > TOLD {
            return Ok(());
        }
        self.say(Report::Problem(Problem { file: at.file, line: at.line, error })).await
    }

    async fn summary(self, summary: S) -> Result<()> {
        self.say(Report::Summary(summary)).await
    }

    async fn say(&self, report: Report<S>) -> Result<()> {
        self.reports.send(report).await.map_err(|_| Error::unavailable("nobody listens"))
    }
}
