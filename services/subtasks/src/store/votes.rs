//! Votes that were given: an image's for its decision, a task's for its owner, and an operator's for the operator.

use chrono::{DateTime, Utc};
use labelmesh_consensus::{Operator, Vote};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{tasks::OwnTask, unreadable};
use crate::domain::Terms;

/// The counted votes of images under lock, each image's in the order in which they came.
pub async fn counted(db: &mut PgConnection, subtasks: &[Uuid], terms: &Terms) -> Result<Vec<(SubtaskId, Vote)>> {
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id, label AS "label!" FROM assignment
           WHERE subtask_id = ANY($1) AND state = 'voted' ORDER BY subtask_id, ordinal, voted_at"#,
        subtasks
    );
    let rows = rows.fetch_all(db).await?;
    let votes = rows.into_iter().map(|row| {
        let label = terms.label(&row.label).ok_or_else(|| unreadable("label of a vote"))?;
        Ok((row.subtask_id, Vote { operator: Operator(row.operator_id.as_u128()), label }))
    });
    votes.collect()
}

/// A vote as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Who voted: never shown.
    pub operator_id: UserId,
    /// The label.
    pub label: String,
    /// When it was given at first.
    pub given_at: DateTime<Utc>,
    /// When it was given or last revised.
    pub voted_at: DateTime<Utc>,
    /// Whether it decides nothing.
    pub surplus: bool,
}

/// Where a page ends: the last vote on it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Position {
    given_at: DateTime<Utc>,
    subtask_id: Uuid,
    operator_id: Uuid,
}

impl Position {
    /// Before the first vote.
    #[must_use]
    pub fn start() -> Self {
        Self { given_at: DateTime::UNIX_EPOCH, subtask_id: Uuid::nil(), operator_id: Uuid::nil() }
    }

    /// Behind this vote.
    #[must_use]
    pub fn behind(vote: &Given) -> Self {
        Self { given_at: vote.given_at, subtask_id: vote.subtask_id.uuid(), operator_id: vote.operator_id.uuid() }
    }
}

/// A counted vote among all of its task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Who voted.
    pub operator_id: UserId,
    /// The label.
    pub label: String,
    /// Its place among the image's votes.
    pub ordinal: i16,
    /// When it was given at first.
    pub given_at: DateTime<Utc>,
}

impl Position {
    /// Behind the last vote that there can be.
    #[must_use]
    pub fn end() -> Self {
        Self { given_at: DateTime::<Utc>::MAX_UTC, subtask_id: Uuid::max(), operator_id: Uuid::max() }
    }

    /// Before this vote.
    #[must_use]
    pub fn before(vote: &Counted) -> Self {
        Self { given_at: vote.given_at, subtask_id: vote.subtask_id.uuid(), operator_id: vote.operator_id.uuid() }
    }
}

/// The counted votes of a task before a position, the last given first.
pub async fn counted_before(
    db: &mut PgConnection,
    task: &OwnTask,
    before: &Position,
    limit: i64,
) -> Result<Vec<Counted>> {
    let votes = sqlx::query_as!(
        Counted,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id AS "operator_id: UserId", label AS "label!",
                  ordinal AS "ordinal!", given_at AS "given_at!"
           FROM assignment
           WHERE task_id = $1 AND state IN ('voted', 'surplus') AND state = 'voted'
             AND (given_at, subtask_id, operator_id) < ($2, $3, $4)
           ORDER BY given_at DESC, subtask_id DESC, operator_id DESC LIMIT $5"#,
        task.id().uuid(),
        before.given_at,
        before.subtask_id,
        before.operator_id,
        limit
    );
    Ok(votes.fetch_all(db).await?)
}

/// The votes of a task behind a position, in the order in which they were given.
pub async fn of_task(db: &mut PgConnection, task: &OwnTask, behind: &Position, limit: i64) -> Result<Vec<Given>> {
    let votes = sqlx::query_as!(
        Given,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id AS "operator_id: UserId", label AS "label!",
                  given_at AS "given_at!", voted_at AS "voted_at!", state = 'surplus' AS "surplus!"
           FROM assignment
           WHERE task_id = $1 AND state IN ('voted', 'surplus') AND (given_at, subtask_id, operator_id) > ($2, $3, $4)
           ORDER BY given_at, subtask_id, operator_id LIMIT $5"#,
        task.id().uuid(),
        behind.given_at,
        behind.subtask_id,
        behind.operator_id,
        limit
    );
    Ok(votes.fetch_all(db).await?)
}

/// An operator's votes in a task before a position, the last given first.
pub async fn of_operator(
    db: &mut PgConnection,
    operator: UserId,
    task: TaskId,
    before: &Position,
    limit: i64,
) -> Result<Vec<Given>> {
    // Skips have their place in the index too, hence both conditions.
    let votes = sqlx::query_as!(
        Given,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id AS "operator_id: UserId", label AS "label!",
                  given_at AS "given_at!", voted_at AS "voted_at!", state = 'surplus' AS "surplus!"
           FROM assignment
           WHERE operator_id = $1 AND task_id = $2 AND (given_at, subtask_id) < ($3, $4)
             AND state IN ('voted', 'surplus', 'skipped') AND state <> 'skipped'
           ORDER BY given_at DESC, subtask_id DESC LIMIT $5"#,
        operator.uuid(),
        task.uuid(),
        before.given_at,
        before.subtask_id,
        limit
    );
    Ok(votes.fetch_all(db).await?)
}
