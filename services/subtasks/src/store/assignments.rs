//! Assignments of images to operators. They are written under the lock of the image's row.

use chrono::{DateTime, Utc};
use labelmesh_consensus::Label;
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{subtasks::Locked, unreadable};
use crate::domain::{Assignment, SkipReason, Terms};

/// An operator's assignment of an image, not yet read against the task's labels.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Whether the operator is paused in its task.
    pub paused: bool,
    /// Whether it was handed out for show: a vote decides nothing.
    pub trial: bool,
    /// Whether its task is open to others alone by now.
    pub barred: bool,
    state: String,
    label: Option<String>,
}

impl Stored {
    /// The assignment, with the label as one of the task's.
    ///
    /// # Errors
    /// If no release of ours has written it.
    pub fn read(&self, terms: &Terms) -> Result<Assignment> {
        let label = || -> Result<Label> {
            let text = self.label.as_deref().unwrap_or_default();
            terms.label(text).ok_or_else(|| unreadable("label of a vote"))
        };
        match self.state.as_str() {
            "leased" => Ok(Assignment::Leased),
            "lapsed" => Ok(Assignment::Lapsed),
            "skipped" => Ok(Assignment::Skipped),
            "voted" => Ok(Assignment::Voted(label()?)),
            "surplus" => Ok(Assignment::Surplus(label()?)),
            _ => Err(unreadable("state of an assignment")),
        }
    }
}

/// An operator's assignments of images that are under lock.
pub async fn of_operator(db: &mut PgConnection, operator: UserId, subtasks: &[Uuid]) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
        r#"SELECT a.subtask_id AS "subtask_id: SubtaskId", a.state, a.label, a.trial, s.paused_at IS NOT NULL AS "paused!",
                  t.restricted AND t.state = 'open'
                      AND NOT EXISTS (SELECT FROM admitted d
                                      WHERE d.key = $1 AND d.owner_id = t.owner_id AND d.task_id = t.task_id)
                      AND NOT EXISTS (SELECT FROM member m
                                      JOIN admitted d ON d.key = m.group_id AND d.owner_id = t.owner_id
                                                      AND d.task_id = t.task_id
                                      WHERE m.user_id = $1 AND m.is_member AND m.owner_id = t.owner_id) AS "barred!"
           FROM assignment a JOIN task t ON t.task_id = a.task_id LEFT JOIN standing s ON s.task_id = a.task_id AND s.operator_id = a.operator_id
           WHERE a.operator_id = $1 AND a.subtask_id = ANY($2)"#,
        operator.uuid(),
        subtasks
    );
    Ok(rows.fetch_all(db).await?)
}

/// Ends an operator's lease without a vote. The image may come again.
pub async fn give_back(db: &mut PgConnection, operator: UserId, subtask: SubtaskId) -> Result<()> {
    sqlx::query!(
        "UPDATE assignment SET state = 'lapsed' WHERE operator_id = $1 AND subtask_id = $2",
        operator.uuid(),
        subtask.uuid()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends an operator's lease now, without a vote and for good.
pub async fn skip(
    db: &mut PgConnection,
    operator: UserId,
    subtask: SubtaskId,
    reason: Option<SkipReason>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE assignment SET state = 'skipped', skip_reason = $3, expires_at = $4
         WHERE operator_id = $1 AND subtask_id = $2",
        operator.uuid(),
        subtask.uuid(),
        reason.map(SkipReason::as_str),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes what an operator says of an image that is for show, new or revised: it is kept as surplus. From now on the
/// image is for show, if it was not.
pub async fn answer(
    db: &mut PgConnection,
    operator: UserId,
    image: &Locked,
    label: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE assignment
         SET state = 'surplus', trial = true, label = $3,
             ordinal = (SELECT least(coalesce(max(ordinal), 0) + 1, 32767) FROM assignment WHERE subtask_id = $2),
             given_at = coalesce(given_at, $4), voted_at = $4
         WHERE operator_id = $1 AND subtask_id = $2",
        operator.uuid(),
        image.subtask_id.uuid(),
        label,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether a counted vote of another operator on an image came from this network.
pub async fn is_taken(db: &mut PgConnection, operator: UserId, subtask: SubtaskId, network: i64) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM assignment WHERE subtask_id = $1 AND operator_id <> $2 AND network = $3
                          AND state = 'voted') AS "taken!""#,
        subtask.uuid(),
        operator.uuid(),
        network
    );
    Ok(taken.fetch_one(db).await?)
}

/// Writes a vote, new or revised, behind all votes that the image has, with the code of the network that it came from
/// where that matters. Beyond 32,766 votes the last are told apart by their time.
pub async fn vote(
    db: &mut PgConnection,
    operator: UserId,
    image: &Locked,
    label: &str,
    surplus: bool,
    network: Option<i64>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE assignment
         SET state = CASE WHEN $4 THEN 'surplus' ELSE 'voted' END, label = $3, network = $6,
             ordinal = (SELECT least(coalesce(max(ordinal), 0) + 1, 32767) FROM assignment WHERE subtask_id = $2),
             given_at = coalesce(given_at, $5), voted_at = $5
         WHERE operator_id = $1 AND subtask_id = $2",
        operator.uuid(),
        image.subtask_id.uuid(),
        label,
        surplus,
        now,
        network
    )
    .execute(db)
    .await?;
    Ok(())
}
