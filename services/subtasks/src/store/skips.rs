//! The skips of a task, for its owner.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{tasks::OwnTask, unreadable};
use crate::domain::SkipReason;

/// A skip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Who skipped it: never shown.
    pub operator_id: UserId,
    /// Why, where the operator said it.
    pub reason: Option<SkipReason>,
    /// When.
    pub skipped_at: DateTime<Utc>,
}

/// Where a page ends: the last skip on it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Position {
    skipped_at: DateTime<Utc>,
    subtask_id: Uuid,
    operator_id: Uuid,
}

impl Position {
    /// Before the first skip.
    #[must_use]
    pub fn start() -> Self {
        Self { skipped_at: DateTime::UNIX_EPOCH, subtask_id: Uuid::nil(), operator_id: Uuid::nil() }
    }

    /// Behind this skip.
    #[must_use]
    pub fn behind(skip: &Skipped) -> Self {
        Self { skipped_at: skip.skipped_at, subtask_id: skip.subtask_id.uuid(), operator_id: skip.operator_id.uuid() }
    }
}

/// The skips of a task behind a position, in the order in which they came.
pub async fn of_task(db: &mut PgConnection, task: &OwnTask, behind: &Position, limit: i64) -> Result<Vec<Skipped>> {
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id AS "operator_id: UserId", skip_reason, expires_at
           FROM assignment
           WHERE task_id = $1 AND state = 'skipped' AND (expires_at, subtask_id, operator_id) > ($2, $3, $4)
           ORDER BY expires_at, subtask_id, operator_id LIMIT $5"#,
        task.id().uuid(),
        behind.skipped_at,
        behind.subtask_id,
        behind.operator_id,
        limit
    );
    let rows = rows.fetch_all(db).await?;
    let skips = rows.into_iter().map(|row| {
        let read = |text: String| SkipReason::parse(&text).ok_or_else(|| unreadable("reason of a skip"));
        let reason = row.skip_reason.map(read).transpose()?;
        Ok(Skipped { subtask_id: row.subtask_id, operator_id: row.operator_id, reason, skipped_at: row.expires_at })
    });
    skips.collect()
}
