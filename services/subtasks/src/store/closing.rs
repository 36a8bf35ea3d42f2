//! Ends of labeling: decisions, and what a task that has ended leaves behind.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId};
use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::{Closing, Terms};

/// A decision as it is kept.
#[derive(Debug, Clone, Serialize)]
struct Row<'a> {
    subtask_id: SubtaskId,
    label: Option<&'a str>,
    confidence: f64,
    rule: &'static str,
    cause: &'static str,
    tied: Vec<&'a str>,
    counts: Vec<StoredCount<'a>>,
}

/// How many votes a label got, as it is kept.
#[derive(Debug, Clone, Serialize)]
struct StoredCount<'a> {
    label: &'a str,
    votes: u32,
}

/// Keeps the ends of images' labeling, all of one task.
pub async fn record(
    db: &mut PgConnection,
    closings: &[(SubtaskId, Closing)],
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Row<'_>> = closings.iter().map(|(subtask_id, closing)| row(*subtask_id, closing, terms)).collect();
    sqlx::query!(
        "INSERT INTO decision (subtask_id, label, confidence, rule, cause, tied, counts, decided_at)
         SELECT subtask_id, label, confidence, rule, cause, tied, counts, $2
         FROM jsonb_to_recordset($1) AS new (subtask_id uuid, label text, confidence double precision, rule text,
                                             cause text, tied text[], counts jsonb)",
        Json(rows) as _,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

fn row<'a>(subtask_id: SubtaskId, closing: &Closing, terms: &'a Terms) -> Row<'a> {
    let cause = closing.cause.word();
    let Some(decision) = &closing.decision else {
        let rule = labelmesh_consensus::PLURALITY;
        return Row { subtask_id, label: None, confidence: 0.0, rule, cause, tied: Vec::new(), counts: Vec::new() };
    };
    let counts = decision.counts.iter();
    Row {
        subtask_id,
        label: Some(terms.text(decision.label)),
        confidence: decision.confidence,
        rule: decision.rule,
        cause,
        tied: decision.tied.iter().map(|&label| terms.text(label)).collect(),
        counts: counts.map(|count| StoredCount { label: terms.text(count.label), votes: count.votes }).collect(),
    }
}

/// Locks open images of a task that nobody else has locked, at most `limit`.
pub async fn lock_open(db: &mut PgConnection, task: TaskId, limit: i64) -> Result<Vec<(SubtaskId, u64)>> {
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", version FROM subtask
           WHERE task_id = $1 AND NOT closed LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"#,
        task.uuid(),
        limit
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.subtask_id, row.version.unsigned_abs())).collect())
}

/// Closes locked images with an event about each. Leases go on: votes under them are surplus.
pub async fn close(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<()> {
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
