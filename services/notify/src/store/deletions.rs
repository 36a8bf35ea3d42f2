//! The table `deleted_task`, and what goes with deleted tasks.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes that tasks were deleted, and removes the notifications about them; returns whose they were.
pub(crate) async fn delete(connection: &mut PgConnection, tasks: &[TaskId], now: DateTime<Utc>) -> Result<Vec<UserId>> {
    let mut tasks: Vec<Uuid> = tasks.iter().map(|task| task.uuid()).collect();
    // In one order, so that no two wait for each other.
    tasks.sort_unstable();
    tasks.dedup();
    for task in &tasks {
        // Waits for whoever tells of the task at this moment.
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", task.to_string())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query!(
        "INSERT INTO deleted_task (task_id, deleted_at) SELECT task_id, $2 FROM unnest($1::uuid[]) AS gone (task_id)
         ON CONFLICT (task_id) DO NOTHING",
        &tasks,
        now,
    )
    .execute(&mut *connection)
    .await?;
    // The release before wrote of a completed task only what it is about.
    let users = sqlx::query_scalar!(
        "DELETE FROM notification
         WHERE task_id = ANY($1) OR (kind = 'task_completed' AND about = ANY($1))
         RETURNING user_id",
        &tasks,
    );
    Ok(users.fetch_all(connection).await?.into_iter().map(UserId::from).collect())
}

/// Whether a task was deleted. One that was not stays so until the transaction ends: whoever deletes it waits.
pub(crate) async fn is_deleted(connection: &mut PgConnection, task: TaskId) -> Result<bool> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", task.to_string())
        .execute(&mut *connection)
        .await?;
    // A statement of its own: its view is from after the lock.
    let deleted = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM deleted_task WHERE task_id = $1) AS "deleted!""#,
        task.uuid()
    );
    Ok(deleted.fetch_one(connection).await?)
}

/// Forgets that tasks were deleted before a time.
pub(crate) async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM deleted_task WHERE deleted_at <= $1", before).execute(connection).await?;
    Ok(())
}
