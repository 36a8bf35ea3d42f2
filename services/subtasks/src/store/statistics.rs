//! What an operator has done, task by task.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// The size of the groups in which votes of a task that has not ended are compared with decisions, so that no number is
/// about one image.
const GROUP: i64 = 20;

/// What an operator has done in a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The task.
    pub task_id: TaskId,
    /// Its title.
    pub title: String,
    /// Whether the task has ended, so that no answer can be changed any more.
    pub ended: bool,
    /// How many images the operator has labeled.
    pub votes: i64,
    /// How many the operator has skipped.
    pub skips: i64,
    /// How many votes count for an image that is decided, given and decided before the time asked for; in whole groups
    /// of 20 votes given until the task has ended.
    pub decided: i64,
    /// How many of those say what was decided.
    pub agreed: i64,
    /// How many gold images are labeled right.
    pub gold_right: i32,
    /// How many gold images are labeled wrong.
    pub gold_wrong: i32,
    /// Whether the operator is paused.
    pub paused: bool,
}

/// What an operator has done in tasks before one, among those that they ever looked through, the newest first. The
/// statement reads the operator's own votes of these tasks, and nothing else that grows.
pub async fn of_operator(
    db: &mut PgConnection,
    operator: UserId,
    before: Uuid,
    limit: i64,
    until: DateTime<Utc>,
) -> Result<Vec<Done>> {
    let done = sqlx::query_as!(
        Done,
        r#"SELECT t.task_id AS "task_id: TaskId", t.title, t.state IN ('completed', 'cancelled') AS "ended!",
                  mine.votes AS "votes!", mine.skips AS "skips!", mine.decided AS "decided!", mine.agreed AS "agreed!",
                  coalesce(s.right_answers, 0) AS "gold_right!", coalesce(s.wrong_answers, 0) AS "gold_wrong!",
                  s.paused_at IS NOT NULL AS "paused!"
           FROM (SELECT task_id FROM place
                 WHERE operator_id = $1 AND task_id < $2 ORDER BY task_id DESC LIMIT $3) p
           JOIN task t ON t.task_id = p.task_id
           LEFT JOIN standing s ON s.task_id = p.task_id AND s.operator_id = $1
           CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE a.state <> 'skipped') AS votes,
                      count(*) FILTER (WHERE a.state = 'skipped') AS skips,
                      count(d.label) AS decided,
                      count(*) FILTER (WHERE d.label = a.label) AS agreed
               FROM (SELECT subtask_id, state, label, given_at,
                            row_number() OVER (ORDER BY given_at NULLS LAST, subtask_id) AS place,
                            count(*) FILTER (WHERE state <> 'skipped' AND given_at < $4) OVER () AS given
                     FROM assignment
                     WHERE operator_id = $1 AND task_id = p.task_id AND state IN ('voted', 'surplus', 'skipped')) a
               LEFT JOIN decision d ON d.subtask_id = a.subtask_id AND d.decided_at < $4
                                    AND a.state = 'voted' AND a.given_at < $4
                                    AND (a.place <= a.given / $5 * $5 OR t.state IN ('completed', 'cancelled'))) mine
           ORDER BY p.task_id DESC"#,
        operator.uuid(),
        before,
        limit,
        until,
        GROUP
    );
    Ok(done.fetch_all(db).await?)
}
