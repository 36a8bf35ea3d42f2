//! The import of recorded votes, under the rules of live votes.

use chrono::{DateTime, TimeDelta, Utc};
use futures::Stream;
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_events::Outbox;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_records::{Column, IMAGE_ID, LABEL, OPERATOR, Row};
use labelmesh_visible::visible;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::files::{Batch, Batches, Recorded};
use super::{Piece, Report, Teller, admit, no_image_id, note_end, open_to, poll::Polls};
use crate::app::{App, learning::learn, snapshots::Versioned};
use crate::domain::Outcome;
use crate::store::{exclusions, tasks::OwnTask};

/// The longest name of an operator, in characters.
const LONGEST_NAME: usize = 200;

/// What became of the lines of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines with a record, or with what was meant to be one.
    pub lines: u64,
    /// Votes that count.
    pub counted: u64,
    /// Votes that replaced an earlier one of the same operator for the same image.
    pub revised: u64,
    /// Votes that are kept but decide nothing: the image was decided, or had no place for them.
    pub surplus: u64,
    /// Votes that stood there already.
    pub unchanged: u64,
    /// Problem lines.
    pub refused: u64,
    /// Images that these votes decided.
    pub decided: u64,
}

/// A line of a file.
#[derive(Debug)]
struct Line {
    image_id: String,
    operator: String,
    label: String,
}

impl Recorded for Line {
    const COLUMNS: &'static [Column] = &[IMAGE_ID, OPERATOR, LABEL];

    fn read(row: &Row<'_>) -> Result<Self> {
        let [image_id, operator, label] = row.texts().map(str::to_owned);
        Ok(Self { image_id, operator, label })
    }
}

/// A recorded vote.
#[derive(Debug)]
struct Ballot {
    subtask_id: SubtaskId,
    operator: UserId,
    label: String,
}

/// Imports recorded votes in the order of the lines: each counts while its image is open and has a place for it, and is
/// kept as surplus otherwise, or where its operator is excluded; the stop rule decides as it does after a live vote.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, TASK_ENDED where it was cancelled, FIELD_INVALID where a
/// header lacks a column, MALFORMED for a file of another format or a stream that stops within a file, UNAVAILABLE
/// while images of the task are missing. The lines before stand.
pub async fn import_votes(
    app: &App,
    reach: Reach,
    task: TaskId,
    pieces: impl Stream<Item = Result<Piece>> + Send + Unpin,
    reports: mpsc::Sender<Report<Summary>>,
) -> Result<()> {
    let admitted = admit(app, reach, task).await?;
    let mut batches = Batches::new(pieces, &admitted);
    let mut teller = Teller::new(reports);
    let mut summary = Summary::default();
    loop {
        let lines: Batch<Line> = batches.next().await;
        if lines.is_empty() {
            break;
        }
        // Asked again for each batch: the task may have been cancelled meanwhile.
        let known = open_to(app, reach, task).await?;
        let (at, ballots): (Vec<_>, Vec<_>) =
            lines.into_iter().map(|(at, line)| (at, line.and_then(|line| ballot(task, line)))).unzip();
        let (judged, decided) = apply(app, task, &known, &ballots, summary.lines == 0).await?;
        summary.decided += decided;
        // As live votes would be learned from meanwhile, so that the next lines are judged by it.
        learn::learn_due(app, task).await?;
        for ((at, ballot), judged) in at.into_iter().zip(ballots).zip(judged) {
            summary.lines += 1;
            match ballot.and(judged) {
                Ok(outcome) => summary.count(outcome),
                Err(error) => {
                    summary.refused += 1;
                    teller.problem(at, error).await?;
                }
            }
        }
    }
    batches.finish()?;
    let [lines, counted, revised] = [summary.lines, summary.counted, summary.revised];
    let ended = || Deed::on(task).result("lines", lines).result("counted", counted).result("revised", revised);
    note_end(app, ended).await?;
    teller.summary(summary).await
}

impl Summary {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Counted => self.counted += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Revised => self.revised += 1,
            Outcome::Surplus => self.surplus += 1,
        }
    }
}

fn ballot(task: TaskId, line: Line) -> Result<Ballot> {
    let subtask_id = line.image_id.parse().map_err(|_| no_image_id())?;
    if line.operator.chars().count() > LONGEST_NAME || line.operator.contains(['\r', '\n']) {
        return Err(Error::invalid("operator", format!("must have 1 to {LONGEST_NAME} characters on one line")));
    }
    if visible(&line.operator).is_empty() {
        return Err(Error::invalid("operator", "must have characters that can be seen"));
    }
    Ok(Ballot { subtask_id, operator: operator(task, &line.operator), label: line.label })
}

/// The operator that a name in a file stands for in this task: the same one in every file (UUIDv5, RFC 9562), and for
/// names that look the same. The id is no user's, so nobody can lease or vote as that operator.
#[must_use]
pub fn operator(task: TaskId, name: &str) -> UserId {
    UserId::from(Uuid::new_v5(&task.uuid(), visible(name).as_bytes()))
}

/// What became of the ballots, in the same order, and how many images they decided.
type Applied = (Vec<Result<Outcome>>, u64);

/// Applies a batch. With the first one it is noted who imports.
async fn apply(
    app: &App,
    task: TaskId,
    known: &OwnTask,
    ballots: &[Result<Ballot>],
    is_first: bool,
) -> Result<Applied> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    let snapshot = app.snapshots.refresh(&app.pool, task, known.snapshot).await?;
    let snapshot = snapshot.as_ref();
    let applied = run_tx(&app.pool, "import_votes", |tx| {
        Box::pin(async move {
            if is_first {
                app.acts.note(tx, Deed::on(task)).await?;
            }
            apply_in(tx, outbox, task, known, snapshot, ballots, now).await
        })
    })
    .await?;
    if applied.1 > 0 {
        app.outbox.wake();
    }
    Ok(applied)
}

async fn apply_in(
    db: &mut PgConnection,
    outbox: &Outbox,
    task: TaskId,
    known: &OwnTask,
    snapshot: Option<&Versioned>,
    ballots: &[Result<Ballot>],
    now: DateTime<Utc>,
) -> Result<Applied> {
    let excluded = exclusions::of_task(db, task).await?;
    let images: Vec<_> = ballots.iter().flatten().map(|ballot| ballot.subtask_id).collect();
    let mut polls = Polls::lock(db, task, &images).await?;
    let mut judged = Vec::with_capacity(ballots.len());
    for (number, ballot) in (0..).zip(ballots) {
        let Ok(ballot) = ballot else {
            // It has its problem already.
            judged.push(Ok(Outcome::Unchanged));
            continue;
        };
        let Some(poll) = polls.get_mut(ballot.subtask_id) else {
            judged.push(Err(Error::not_found("image in this task")));
            continue;
        };
        // A microsecond apart, so that votes are listed in the order of the lines.
        let at = now + TimeDelta::microseconds(number);
        let counts = !excluded.contains(&ballot.operator);
        judged.push(poll.cast(ballot.operator, counts, &ballot.label, at, snapshot).map_err(Error::from));
    }
    let Some(terms) = &known.terms else { return Ok((judged, 0)) };
    let decided = polls.save(db, outbox, task, terms, now).await?;
    Ok((judged, decided as u64))
}
