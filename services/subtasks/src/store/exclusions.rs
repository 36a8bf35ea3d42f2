//! Operators whom a person has paused in a task or excluded from it, and the votes that are set aside for it.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tasks::OwnTask;

/// Lets imports of votes for this task wait for the end of the transaction, and waits for those that are under way:
/// what comes afterwards knows who is excluded.
pub async fn hold_imports(db: &mut PgConnection, task: &OwnTask) -> Result<()> {
    sqlx::query!("SELECT FROM task WHERE task_id = $1 FOR NO KEY UPDATE", task.id().uuid()).execute(db).await?;
    Ok(())
}

/// Who has voted in a task, live or by a file, in no telling order.
pub async fn voters(db: &mut PgConnection, task: &OwnTask) -> Result<Vec<UserId>> {
    let voters = sqlx::query_scalar!(
        r#"SELECT DISTINCT operator_id AS "operator_id: UserId" FROM assignment
           WHERE task_id = $1 AND state IN ('voted', 'surplus')"#,
        task.id().uuid()
    );
    Ok(voters.fetch_all(db).await?)
}

/// What an operator holds of a task, run out or not.
pub async fn held(db: &mut PgConnection, task: &OwnTask, operator: UserId) -> Result<Vec<Uuid>> {
    let held = sqlx::query_scalar!(
        "SELECT subtask_id FROM assignment WHERE operator_id = $1 AND state = 'leased' AND task_id = $2",
        operator.uuid(),
        task.id().uuid()
    );
    Ok(held.fetch_all(db).await?)
}

/// Pauses an operator, if they are not.
pub async fn pause(db: &mut PgConnection, task: &OwnTask, operator: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO standing AS s (task_id, operator_id, paused_at) VALUES ($1, $2, $3)
         ON CONFLICT (task_id, operator_id) DO UPDATE SET paused_at = coalesce(s.paused_at, excluded.paused_at)",
        task.id().uuid(),
        operator.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Excludes an operator, if they are not: their votes are to be set aside.
pub async fn exclude(db: &mut PgConnection, task: &OwnTask, operator: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO standing AS s (task_id, operator_id, paused_at, excluded_at, setting_aside)
         VALUES ($1, $2, $3, $3, true)
         ON CONFLICT (task_id, operator_id) DO UPDATE
         SET paused_at = coalesce(s.paused_at, excluded.paused_at), excluded_at = excluded.excluded_at,
             setting_aside = true
         WHERE s.excluded_at IS NULL",
        task.id().uuid(),
        operator.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Who is excluded from a task, which stays as it is until the transaction ends.
pub async fn of_task(db: &mut PgConnection, task: TaskId) -> Result<Vec<UserId>> {
    sqlx::query!("SELECT FROM task WHERE task_id = $1 FOR SHARE", task.uuid()).execute(&mut *db).await?;
    let excluded = sqlx::query_scalar!(
        r#"SELECT operator_id AS "operator_id: UserId" FROM standing WHERE task_id = $1 AND excluded_at IS NOT NULL"#,
        task.uuid()
    );
    Ok(excluded.fetch_all(db).await?)
}

/// Operators whose votes are still to be set aside, at most `limit`.
pub async fn unfinished(db: &mut PgConnection, limit: i64) -> Result<Vec<(TaskId, UserId)>> {
    let rows = sqlx::query!(
        r#"SELECT task_id AS "task_id: TaskId", operator_id AS "operator_id: UserId" FROM standing
           WHERE setting_aside ORDER BY task_id, operator_id LIMIT $1"#,
        limit
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.task_id, row.operator_id)).collect())
}

/// The images of which an operator's vote may count, or may be given at this moment, in the order of their ids.
pub async fn images(db: &mut PgConnection, task: TaskId, operator: UserId) -> Result<Vec<Uuid>> {
    // Three parts, because each state has an index of its own.
    let images = sqlx::query_scalar!(
        r#"SELECT subtask_id AS "subtask_id!" FROM (
               SELECT subtask_id FROM assignment WHERE operator_id = $1 AND task_id = $2
                   AND state IN ('voted', 'surplus', 'skipped') AND state = 'voted'
               UNION ALL
               SELECT subtask_id FROM assignment WHERE operator_id = $1 AND task_id = $2 AND state = 'lapsed'
               UNION ALL
               SELECT subtask_id FROM assignment WHERE operator_id = $1 AND task_id = $2 AND state = 'leased') touched
           ORDER BY subtask_id"#,
        operator.uuid(),
        task.uuid()
    );
    Ok(images.fetch_all(db).await?)
}

/// Makes an operator's votes for locked images surplus.
pub async fn set_aside(db: &mut PgConnection, operator: UserId, images: &[SubtaskId]) -> Result<()> {
    let images: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    sqlx::query!(
        "UPDATE assignment SET state = 'surplus' WHERE operator_id = $1 AND subtask_id = ANY($2) AND state = 'voted'",
        operator.uuid(),
        &images
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that all of an operator's votes are set aside. What was learned from them is learned anew, and the task may be
/// decided again by the method of the last time.
pub async fn finish(db: &mut PgConnection, task: TaskId, operator: UserId) -> Result<bool> {
    let task = task.uuid();
    let finished = sqlx::query!(
        "UPDATE standing SET setting_aside = false WHERE task_id = $1 AND operator_id = $2 AND setting_aside",
        task,
        operator.uuid()
    );
    let finished = finished.execute(&mut *db).await?.rows_affected() > 0;
    sqlx::query!("UPDATE model SET votes = 0, learned_to = NULL, edge = 0 WHERE task_id = $1", task)
        .execute(&mut *db)
        .await?;
    sqlx::query!("UPDATE redecision SET outdated = true WHERE task_id = $1", task).execute(db).await?;
    Ok(finished)
}
