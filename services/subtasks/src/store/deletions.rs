//! Tasks and people that were deleted, and what is left of them to remove.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;

use super::audiences;

/// Notes that a task was deleted: it is cancelled, if it has not ended, its texts are gone, and nothing more is
/// decided. One that is not known leaves a tombstone, so that what comes later creates nothing.
pub async fn delete(db: &mut PgConnection, task: TaskId, version: u64, owner: UserId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO task AS known (task_id, version, owner_id, state, deleted) VALUES ($1, $2, $3, 'cancelled', true)
         ON CONFLICT (task_id) DO UPDATE
         SET version = greatest(known.version, excluded.version), state = 'cancelled', deleted = true, closing = false,
             title = '', instructions = ''",
        task.uuid(),
        version.cast_signed(),
        owner.uuid()
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("DELETE FROM redecision WHERE task_id = $1", task.uuid()).execute(&mut *db).await?;
    audiences::close(db, task).await
}

/// A deleted task of which something is left, after `after` where there is one, locked: no other replica works on it.
pub async fn take(db: &mut PgConnection, after: Option<TaskId>) -> Result<Option<TaskId>> {
    let task = sqlx::query_scalar!(
        r#"SELECT task_id AS "task_id: TaskId" FROM task WHERE deleted AND NOT removed
           ORDER BY task_id > $1 DESC, task_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"#,
        after.map(TaskId::uuid).unwrap_or_default()
    );
    Ok(task.fetch_optional(db).await?)
}

/// Removes at most `limit` images of a task, with their assignments and decisions, and says how many there were.
pub async fn remove_images(db: &mut PgConnection, task: TaskId, limit: i64) -> Result<usize> {
    // Waits for votes that are being given: they find nothing afterwards.
    let images = sqlx::query_scalar!(
        "SELECT subtask_id FROM subtask WHERE subtask_id IN
             (SELECT subtask_id FROM subtask WHERE task_id = $1 ORDER BY closed::integer LIMIT $2)
         ORDER BY subtask_id FOR UPDATE",
        task.uuid(),
        limit
    );
    let images = images.fetch_all(&mut *db).await?;
    sqlx::query!("DELETE FROM assignment WHERE subtask_id = ANY($1)", &images).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM decision WHERE subtask_id = ANY($1)", &images).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM former_decision WHERE subtask_id = ANY($1)", &images).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM subtask WHERE subtask_id = ANY($1)", &images).execute(db).await?;
    Ok(images.len())
}

/// Removes what else there is of a task without images, but for its tombstone.
pub async fn finish(db: &mut PgConnection, task: TaskId) -> Result<()> {
    let task = task.uuid();
    sqlx::query!("DELETE FROM standing WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM audience WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM place WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM model WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM snapshot WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM redecision WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!("UPDATE task SET removed = true, labels = '{}', snapshot = 0 WHERE task_id = $1", task)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a locked operator was deleted, and forgets where they stood. Their votes and what these came to stay, for
/// the tasks that were labeled with them.
pub async fn delete_operator(db: &mut PgConnection, operator: UserId, now: DateTime<Utc>) -> Result<()> {
    let id = operator.uuid();
    sqlx::query!("UPDATE operator SET deleted_at = coalesce(deleted_at, $2) WHERE operator_id = $1", id, now)
        .execute(&mut *db)
        .await?;
    sqlx::query!("DELETE FROM client_turn WHERE operator_id = $1", id).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM lapse WHERE operator_id = $1", id).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM place WHERE operator_id = $1", id).execute(db).await?;
    Ok(())
}

/// Empties the texts of a deleted client's open tasks: nobody is told of them any more, until the tasks are deleted
/// too.
pub async fn silence_client(db: &mut PgConnection, owner: UserId) -> Result<()> {
    sqlx::query!(
        "UPDATE task SET title = '', instructions = '' WHERE owner_id = $1 AND state IN ('open', 'finishing')",
        owner.uuid()
    )
    .execute(db)
    .await?;
    Ok(())
}
