//! The import of decisions that were made elsewhere.

use chrono::{DateTime, Utc};
use futures::Stream;
use labelmesh_acts::Deed;
use labelmesh_consensus::plurality;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::Outbox;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_pg::run_tx;
use labelmesh_records::{CONFIDENCE, Column, DECISION, IMAGE_ID, Row, STATE};
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::{
    Piece, Report, Teller, admit,
    files::{Batch, Batches, Recorded, error},
    no_image_id, note_end, open_to,
    poll::{Poll, Polls},
};
use crate::app::App;
use crate::domain::{Closing, Terms};
use crate::store::{closing, tasks::OwnTask};

/// What became of the lines of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines with a record, or with what was meant to be one.
    pub lines: u64,
    /// Images that are decided now.
    pub decided: u64,
    /// Decisions that stood there already.
    pub unchanged: u64,
    /// Problem lines.
    pub refused: u64,
    /// Lines that say of an image that nothing is decided.
    pub undecided: u64,
}

/// A line of a file.
#[derive(Debug)]
struct Line {
    image_id: String,
    /// None where nothing is decided.
    label: Option<String>,
    confidence: Option<f64>,
}

impl Recorded for Line {
    const COLUMNS: &'static [Column] = &[IMAGE_ID, DECISION, CONFIDENCE, STATE];

    fn read(row: &Row<'_>) -> Result<Self> {
        let [image_id] = row.texts().map(str::to_owned);
        let label = row.decision(1, 3).map_err(error)?.map(str::to_owned);
        Ok(Self { image_id, label, confidence: row.share(2).map_err(error)? })
    }
}

/// A decision that was made elsewhere.
#[derive(Debug)]
struct Made {
    subtask_id: SubtaskId,
    label: String,
    confidence: f64,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Decided,
    Unchanged,
}

/// Imports decisions. Each closes its image; the votes for it so far are kept as they are.
///
/// # Errors
/// As for votes ([`super::votes::import_votes`]).
pub async fn import_decisions(
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
        let mut lines: Batch<Line> = batches.next().await;
        if lines.is_empty() {
            break;
        }
        let (is_first, all) = (summary.lines == 0, lines.len());
        lines.retain(|(_, line)| line.as_ref().map_or(true, |line| line.label.is_some()));
        summary.lines += all as u64;
        summary.undecided += (all - lines.len()) as u64;
        let known = open_to(app, reach, task).await?;
        let (at, made): (Vec<_>, Vec<_>) = lines.into_iter().map(|(at, line)| (at, line.and_then(read))).unzip();
        let judged = apply(app, task, &known, &made, is_first).await?;
        for ((at, made), judged) in at.into_iter().zip(made).zip(judged) {
            match made.and(judged) {
                Ok(Outcome::Decided) => summary.decided += 1,
                Ok(Outcome::Unchanged) => summary.unchanged += 1,
                Err(error) => {
                    summary.refused += 1;
                    teller.problem(at, error).await?;
                }
            }
        }
    }
    batches.finish()?;
    let (lines, decided) = (summary.lines, summary.decided);
    note_end(app, || Deed::on(task).result("lines", lines).result("decided", decided)).await?;
    teller.summary(summary).await
}

fn read(line: Line) -> Result<Made> {
    let subtask_id = line.image_id.parse().map_err(|_| no_image_id())?;
    Ok(Made { subtask_id, label: line.label.unwrap_or_default(), confidence: line.confidence.unwrap_or(1.0) })
}

/// Applies a batch. With the first one it is noted who imports.
async fn apply(
    app: &App,
    task: TaskId,
    known: &OwnTask,
    made: &[Result<Made>],
    is_first: bool,
) -> Result<Vec<Result<Outcome>>> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    let judged = run_tx(&app.pool, "import_decisions", |tx| {
        Box::pin(async move {
            if is_first {
                app.acts.note(tx, Deed::on(task)).await?;
            }
            apply_in(tx, outbox, task, known, made, now).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(judged)
}

async fn apply_in(
    db: &mut PgConnection,
    outbox: &Outbox,
    task: TaskId,
    known: &OwnTask,
    made: &[Result<Made>],
    now: DateTime<Utc>,
) -> Result<Vec<Result<Outcome>>> {
    let Some(terms) = &known.terms else { return Ok(Vec::new()) };
    let images: Vec<_> = made.iter().flatten().map(|made| made.subtask_id).collect();
    let mut polls = Polls::lock(db, task, &images).await?;
    let stood = closing::imported(db, &images).await?;
    let mut judged = Vec::with_capacity(made.len());
    for made in made {
        let Ok(made) = made else {
            // It has its problem already.
            judged.push(Ok(Outcome::Unchanged));
            continue;
        };
        let Some(poll) = polls.get_mut(made.subtask_id) else {
            judged.push(Err(Error::not_found("image in this task")));
            continue;
        };
        let stands = stood.iter().find(|(image, _)| *image == made.subtask_id).map(|(_, label)| label.as_str());
        judged.push(decide(poll, terms, made, stands));
    }
    polls.save(db, outbox, task, terms, now).await?;
    Ok(judged)
}

/// Decides an image, unless the label was imported for it that stands there.
fn decide(poll: &mut Poll, terms: &Terms, made: &Made, stands: Option<&str>) -> Result<Outcome> {
    let label = terms.label(&made.label);
    let label = label.ok_or_else(|| Error::new(Reason::LabelUnknown, "the label is not one of the task's"))?;
    let just_now = poll.closing().and_then(|closing| closing.decision.as_ref()).is_some_and(|d| d.label == label);
    if stands == Some(terms.text(label)) || just_now {
        return Ok(Outcome::Unchanged);
    }
    if poll.image.slots.closed {
        return Err(Error::new(Reason::ImageDecided, "the image is decided"));
    }
    let counts = plurality(&poll.votes()).map(|decision| decision.counts).unwrap_or_default();
    poll.close(Closing::imported(label, made.confidence, counts));
    Ok(Outcome::Decided)
}
