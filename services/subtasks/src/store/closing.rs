//! Closing images: decisions, and the images that an ended task leaves behind.

use chrono::{DateTime, Utc};
use labelmesh_consensus::{Basis, PLURALITY};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::count;
use crate::domain::{Closed, Lane, Terms};

/// A decision as it is kept.
#[derive(Debug, Clone, Serialize)]
struct Row<'a> {
    subtask_id: SubtaskId,
    version: u64,
    label: Option<&'a str>,
    confidence: f64,
    rule: &'static str,
    cause: &'static str,
    tied: Vec<&'a str>,
    counts: Vec<StoredCount<'a>>,
    snapshot: Option<u32>,
    decided_by: Option<UserId>,
    comment: &'a str,
    gold_images: Option<u32>,
}

/// How many votes a label got, as it is kept.
#[derive(Debug, Clone, Serialize)]
struct StoredCount<'a> {
    label: &'a str,
    votes: u32,
}

/// Keeps how the labeling of images has ended, all of one task, each image once. What was decided before moves to the
/// former decisions.
pub async fn record(db: &mut PgConnection, closed: &[Closed], terms: &Terms, now: DateTime<Utc>) -> Result<()> {
    let rows: Vec<Row<'_>> = closed.iter().map(|closed| row(closed, terms)).collect();
    // Both parts see what was there before the statement.
    sqlx::query!(
        "WITH new AS (
             SELECT * FROM jsonb_to_recordset($1) AS new (subtask_id uuid, version bigint, label text,
                 confidence double precision, rule text, cause text, tied text[], counts jsonb, snapshot integer,
                 decided_by uuid, comment text, gold_images integer)
         ), former AS (
             INSERT INTO former_decision (subtask_id, version, label, confidence, rule, cause, tied, counts, decided_at,
                                          snapshot, decided_by, comment, gold_images)
             SELECT d.subtask_id, d.version, d.label, d.confidence, d.rule, d.cause, d.tied, d.counts, d.decided_at,
                    d.snapshot, d.decided_by, d.comment, d.gold_images
             FROM decision d JOIN new USING (subtask_id)
         )
         INSERT INTO decision (subtask_id, version, label, confidence, rule, cause, tied, counts, decided_at, snapshot,
                               decided_by, comment, gold_images)
         SELECT subtask_id, version, label, confidence, rule, cause, tied, counts, $2, snapshot, decided_by, comment,
                gold_images
         FROM new
         ON CONFLICT (subtask_id) DO UPDATE
         SET version = excluded.version, label = excluded.label, confidence = excluded.confidence,
             rule = excluded.rule, cause = excluded.cause, tied = excluded.tied, counts = excluded.counts,
             decided_at = excluded.decided_at, snapshot = excluded.snapshot, decided_by = excluded.decided_by,
             comment = excluded.comment, gold_images = excluded.gold_images",
        Json(rows) as _,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

fn row<'a>(closed: &'a Closed, terms: &'a Terms) -> Row<'a> {
    let closing = &closed.closing;
    let decision = closing.decision.as_ref();
    let ruling = closing.ruling.as_ref();
    let counts = decision.map(|decision| decision.counts.as_slice()).unwrap_or_default();
    let tied = decision.map(|decision| decision.tied.as_slice()).unwrap_or_default();
    Row {
        subtask_id: closed.subtask_id,
        version: closed.version,
        label: decision.map(|decision| terms.text(decision.label)),
        confidence: decision.map_or(0.0, |decision| decision.confidence),
        rule: decision.map_or(PLURALITY, |decision| decision.rule),
        cause: closing.cause.word(),
        tied: tied.iter().map(|&label| terms.text(label)).collect(),
        counts: counts.iter().map(|count| StoredCount { label: terms.text(count.label), votes: count.votes }).collect(),
        snapshot: closing.snapshot,
        decided_by: ruling.map(|ruling| ruling.by),
        comment: ruling.map(|ruling| ruling.comment.as_str()).unwrap_or_default(),
        gold_images: decision.and_then(|decision| decision.basis).map(|basis| match basis {
            Basis::Usual => 0,
            Basis::Gold { images } => images,
        }),
    }
}

/// The images among these whose decision was imported, with its label.
pub async fn imported(db: &mut PgConnection, subtasks: &[SubtaskId]) -> Result<Vec<(SubtaskId, String)>> {
    let ids: Vec<Uuid> = subtasks.iter().map(|subtask| subtask.uuid()).collect();
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", label AS "label!" FROM decision
           WHERE subtask_id = ANY($1) AND cause = 'imported' AND label IS NOT NULL"#,
        &ids
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.subtask_id, row.label)).collect())
}

/// Locks open images of a task that nobody else has locked, at most `limit`.
pub async fn lock_open(db: &mut PgConnection, task: TaskId, limit: i64) -> Result<Vec<(SubtaskId, u64)>> {
    // The open ones are the first ones of the index. A search for them would read the whole table where most are said
    // to be open, or all closed ones of the task where few are left.
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", version
           FROM (SELECT subtask_id, version, closed FROM subtask
                 WHERE task_id = $1 ORDER BY closed::integer LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) first
           WHERE NOT closed"#,
        task.uuid(),
        limit
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.subtask_id, row.version.unsigned_abs())).collect())
}

/// An image that waits for a further vote.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Its place in its lane.
    pub pos: i64,
    lane: i16,
    version: i64,
    votes: i16,
    leases: i16,
    closed: bool,
}

impl Waiting {
    /// Whether it is open, has so many votes, and nobody is about to give another.
    #[must_use]
    pub fn is_idle(&self, votes: u16) -> bool {
        !self.closed && self.leases == 0 && count(self.votes) >= votes
    }

    /// Whether it waits in this lane.
    #[must_use]
    pub fn is_in(&self, lane: Lane) -> bool {
        self.lane == lane.number()
    }

    /// The version of the next event about it.
    #[must_use]
    pub fn next_version(&self) -> u64 {
        self.version.unsigned_abs() + 1
    }
}

/// A part of a lane of a task, behind a position.
pub async fn waiting(db: &mut PgConnection, task: TaskId, lane: Lane, behind: i64, limit: i64) -> Result<Vec<Waiting>> {
    let rows = sqlx::query_as!(
        Waiting,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", pos, lane, version, votes, leases, closed FROM subtask
           WHERE queue = $1 AND lane = $2 AND pos > $3
           ORDER BY pos LIMIT $4"#,
        task.uuid(),
        lane.number(),
        behind,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// Locks the images among these that nobody else has locked, as they are now.
pub async fn lock_waiting(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<Vec<Waiting>> {
    let rows = sqlx::query_as!(
        Waiting,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", pos, lane, version, votes, leases, closed FROM subtask
           WHERE subtask_id = ANY($1) ORDER BY subtask_id FOR NO KEY UPDATE SKIP LOCKED"#,
        subtasks
    );
    Ok(rows.fetch_all(db).await?)
}

/// Marks locked images as closed, each with an event about it. Leases go on: votes under them are surplus.
pub async fn mark_closed(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<()> {
    sqlx::query!("UPDATE subtask SET closed = true, version = version + 1 WHERE subtask_id = ANY($1)", subtasks)
        .execute(db)
        .await?;
    Ok(())
}

/// Closes locked images of a cancelled task: their leases end.
pub async fn abandon(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<()> {
    sqlx::query!("UPDATE assignment SET state = 'lapsed' WHERE subtask_id = ANY($1) AND state = 'leased'", subtasks)
        .execute(&mut *db)
        .await?;
    sqlx::query!("UPDATE subtask SET closed = true, leases = 0 WHERE subtask_id = ANY($1)", subtasks)
        .execute(db)
        .await?;
    Ok(())
}
