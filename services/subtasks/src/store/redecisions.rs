//! Deciding tasks again: what was asked for, and how far it has come.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tasks::OwnTask;

/// For how long it counts that a client was served.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// How far deciding a task again has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redecision {
    /// The task.
    pub task_id: TaskId,
    /// The method's name.
    pub method: String,
    /// When it was asked for: tells one time from another.
    pub requested_at: DateTime<Utc>,
    /// How many images have votes.
    pub images: i64,
    /// The last image attended to, in the order of ids.
    pub behind: Uuid,
    /// How many images were attended to.
    pub done: i64,
    /// How many got another label.
    pub changed: i64,
    /// When it was finished, or given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// How often it was begun since it last moved on.
    pub attempts: i16,
    /// Why it was given up.
    pub problem: Option<String>,
}

/// The last one of a task.
pub async fn find(db: &mut PgConnection, task: &OwnTask) -> Result<Option<Redecision>> {
    let found = sqlx::query_as!(
        Redecision,
        r#"SELECT task_id AS "task_id: TaskId", method, requested_at, images, behind, done, changed, finished_at,
                  attempts, problem
           FROM redecision WHERE task_id = $1"#,
        task.id().uuid()
    );
    Ok(found.fetch_optional(db).await?)
}

/// Notes that a task is to be decided again, in place of the last time. Says whether it is: not while one of another
/// method, or of the same, is under way or was the last, not given up, and no vote was set aside since.
pub async fn request(db: &mut PgConnection, task: &OwnTask, method: &str, now: DateTime<Utc>) -> Result<bool> {
    let requested = sqlx::query!(
        "INSERT INTO redecision AS last (task_id, method, requested_at, claimed_until) VALUES ($1, $2, $3, $3)
         ON CONFLICT (task_id) DO UPDATE
         SET method = excluded.method, requested_at = excluded.requested_at, images = 0, behind = DEFAULT, done = 0,
             changed = 0, finished_at = NULL, claimed_until = excluded.claimed_until, attempts = 0, problem = NULL, outdated = false
         WHERE last.finished_at IS NOT NULL
             AND (last.method <> excluded.method OR last.problem IS NOT NULL OR last.outdated)",
        task.id().uuid(),
        method,
        now
    );
    Ok(requested.execute(db).await?.rows_affected() > 0)
}

/// Takes one that waits, or was left by a replica that died, until a time. Counts that as an attempt. Clients take
/// turns: first comes one of whom nothing is under way, of those the one who was served longest ago, or not within the
/// last hour, and of theirs the one that waits longest.
pub async fn claim(db: &mut PgConnection, now: DateTime<Utc>, length: TimeDelta) -> Result<Option<Redecision>> {
    let claimed = sqlx::query_as!(
        Redecision,
        r#"UPDATE redecision SET claimed_until = $2, attempts = attempts + 1
           WHERE task_id = (
               SELECT r.task_id FROM redecision r
               JOIN task t ON t.task_id = r.task_id
               LEFT JOIN (SELECT o.owner_id, max(d.finished_at) AS served FROM redecision d
                          JOIN task o ON o.task_id = d.task_id
                          WHERE d.finished_at > $3 GROUP BY o.owner_id) last ON last.owner_id = t.owner_id
               LEFT JOIN (SELECT DISTINCT o.owner_id FROM redecision d
                          JOIN task o ON o.task_id = d.task_id
                          WHERE d.finished_at IS NULL AND d.claimed_until > $1) busy ON busy.owner_id = t.owner_id
               WHERE r.finished_at IS NULL AND r.claimed_until <= $1
               ORDER BY busy.owner_id IS NOT NULL, last.served NULLS FIRST, r.requested_at LIMIT 1
               FOR UPDATE OF r SKIP LOCKED)
           RETURNING task_id AS "task_id: TaskId", method, requested_at, images, behind, done, changed, finished_at,
                     attempts, problem"#,
        now,
        now + length,
        now - REMEMBERED
    );
    Ok(claimed.fetch_optional(db).await?)
}

/// Keeps it, or gives it back, by moving the time until which it is taken.
pub async fn hold(db: &mut PgConnection, at: &Redecision, until: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE redecision SET claimed_until = $3 WHERE task_id = $1 AND requested_at = $2",
        at.task_id.uuid(),
        at.requested_at,
        until
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives it up for this reason.
pub async fn give_up(db: &mut PgConnection, at: &Redecision, problem: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE redecision SET finished_at = $3, problem = $4
         WHERE task_id = $1 AND requested_at = $2 AND finished_at IS NULL",
        at.task_id.uuid(),
        at.requested_at,
        now,
        problem
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Moves on from one position to another; says whether it stood there. Where it did not, another replica is at it.
pub async fn advance(db: &mut PgConnection, from: &Redecision, to: &Redecision, until: DateTime<Utc>) -> Result<bool> {
    let moved = sqlx::query!(
        "UPDATE redecision SET images = $4, behind = $5, done = $6, changed = $7, finished_at = $8, claimed_until = $9,
                               attempts = 0
         WHERE task_id = $1 AND requested_at = $2 AND behind = $3 AND finished_at IS NULL",
        from.task_id.uuid(),
        from.requested_at,
        from.behind,
        to.images,
        to.behind,
        to.done,
        to.changed,
        to.finished_at,
        until
    );
    Ok(moved.execute(db).await?.rows_affected() > 0)
}

/// A decided image under lock.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The version of the last event about it.
    pub version: i64,
    /// Its label.
    pub label: Option<String>,
    /// The rule that decided.
    pub rule: String,
}

/// Locks decided images in the order of their ids.
pub async fn lock_decided(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<Vec<Decided>> {
    // Two statements: one that has waited for a lock still sees the decision that there was before.
    sqlx::query!("SELECT FROM subtask WHERE subtask_id = ANY($1) ORDER BY subtask_id FOR NO KEY UPDATE", subtasks)
        .execute(&mut *db)
        .await?;
    let images = sqlx::query_as!(
        Decided,
        r#"SELECT s.subtask_id AS "subtask_id: SubtaskId", s.version, d.label, d.rule
           FROM subtask s JOIN decision d USING (subtask_id)
           WHERE s.subtask_id = ANY($1) ORDER BY s.subtask_id"#,
        subtasks
    );
    Ok(images.fetch_all(db).await?)
}
