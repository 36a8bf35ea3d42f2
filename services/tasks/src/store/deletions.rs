//! Deleted tasks, and what is left of them to remove.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;

use super::{number, tasks::OwnTask};

/// Whether a task within reach was deleted before.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn is_deleted(connection: &mut PgConnection, reach: Reach, id: TaskId) -> Result<bool> {
    let owner = sqlx::query_scalar!("SELECT owner_id FROM task WHERE id = $1 AND deleted_at IS NOT NULL", id.uuid());
    let owner = owner.fetch_optional(connection).await?;
    Ok(owner.is_some_and(|owner| reach.covers(UserId::from(owner))))
}

/// Says that a task is deleted; its row is locked. Returns its version from now on.
///
/// # Errors
/// Internal where the row is not the one before this version: it was not locked.
pub(crate) async fn mark(connection: &mut PgConnection, task: &OwnTask, now: DateTime<Utc>) -> Result<u64> {
    let version = task.version + 1;
    let marked = sqlx::query!(
        "UPDATE task SET deleted_at = $3, version = $2, ended_at = coalesce(ended_at, $3),
             state = CASE state WHEN 'draft' THEN 'cancelled' ELSE state END
         WHERE id = $1 AND version + 1 = $2",
        task.id.uuid(),
        number(version)?,
        now,
    )
    .execute(connection)
    .await?;
    if marked.rows_affected() == 1 { Ok(version) } else { Err(Error::internal("a task was deleted without its lock")) }
}

/// A deleted task of which something is left, locked: no other replica works on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deleted {
    id: TaskId,
    owner: UserId,
}

impl Deleted {
    /// The task.
    pub(crate) fn id(self) -> TaskId {
        self.id
    }
}

/// Any deleted task of which something is left and on which nobody works, after `after` where there is one.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn take(connection: &mut PgConnection, after: Option<TaskId>) -> Result<Option<Deleted>> {
    let row = sqlx::query!(
        "SELECT id, owner_id FROM task WHERE deleted_at IS NOT NULL AND NOT removed
         ORDER BY id > $1 DESC, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED",
        after.map(TaskId::uuid).unwrap_or_default(),
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Deleted { id: row.id.into(), owner: row.owner_id.into() }))
}

/// Removes at most `limit` images of a task with what was decided about them, and counts them off their owner's usage.
/// Their bytes wait from now on. Returns how many there were.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn remove_images(
    connection: &mut PgConnection,
    task: &Deleted,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<usize> {
    let ids =
        sqlx::query_scalar!("SELECT id FROM image WHERE task_id = $1 ORDER BY pos LIMIT $2", task.id.uuid(), limit);
    let ids = ids.fetch_all(&mut *connection).await?;
    sqlx::query!("DELETE FROM starved WHERE image_id = ANY($1)", &ids).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM decision WHERE image_id = ANY($1)", &ids).execute(&mut *connection).await?;
    sqlx::query!(
        "WITH removed AS (DELETE FROM image WHERE id = ANY($1) RETURNING sha256, size_bytes),
              waits AS (
                  INSERT INTO unused_content AS u (sha256, state, since)
                  SELECT DISTINCT sha256, 'waits', $3::timestamptz FROM removed ORDER BY sha256
                  ON CONFLICT (sha256) DO UPDATE SET since = excluded.since WHERE u.state = 'waits')
         INSERT INTO client_usage AS n (owner_id, piece, images, bytes)
         SELECT $2, 0, -count(*), -coalesce(sum(size_bytes), 0) FROM removed
         ON CONFLICT (owner_id, piece)
         DO UPDATE SET images = n.images + excluded.images, bytes = n.bytes + excluded.bytes",
        &ids,
        task.owner.uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(ids.len())
}

/// Removes what else there is of a task without images, but for a row without texts.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn finish(connection: &mut PgConnection, task: &Deleted) -> Result<()> {
    let id = task.id.uuid();
    sqlx::query!("DELETE FROM image_count WHERE task_id = $1", id).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM announcement WHERE task_id = $1", id).execute(&mut *connection).await?;
    sqlx::query!(
        "UPDATE task SET removed = true, title = '', instructions = '', labels = ARRAY['', ''] WHERE id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets tasks of which nothing is left and that were deleted before a time.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn forget(connection: &mut PgConnection, before: DateTime<Utc>, limit: i64) -> Result<()> {
    sqlx::query!(
        "DELETE FROM task WHERE id IN (
             SELECT id FROM task WHERE removed AND deleted_at <= $1
             ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit,
    )
    .execute(connection)
    .await?;
    Ok(())
}
