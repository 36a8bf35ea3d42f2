//! Clients who were deleted, and what is left of them.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::requests;
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes that a client was deleted. Whoever adds to what the client has at this moment is waited for, under
/// [`super::usage::lock_tasks`].
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn delete(connection: &mut PgConnection, owner: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO deleted_client (owner_id, deleted_at) VALUES ($1, $2) ON CONFLICT (owner_id) DO NOTHING",
        owner.uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says that a client was not deleted; under [`super::usage::lock_tasks`] it stays so.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn check(connection: &mut PgConnection, owner: UserId) -> Result<()> {
    let deleted = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM deleted_client WHERE owner_id = $1) AS "deleted!""#,
        owner.uuid()
    );
    if deleted.fetch_one(connection).await? { Err(Error::not_found("client")) } else { Ok(()) }
}

/// The next deleted client after `after` of whom something is left.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn next(connection: &mut PgConnection, after: Option<UserId>) -> Result<Option<UserId>> {
    let owner = sqlx::query_scalar!(
        "SELECT owner_id FROM deleted_client WHERE NOT removed AND owner_id > $1 ORDER BY owner_id LIMIT 1",
        after.map_or(Uuid::nil(), UserId::uuid),
    );
    Ok(owner.fetch_optional(connection).await?.map(UserId::from))
}

/// A task of a client that is not deleted, if there is one.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn task_of(connection: &mut PgConnection, owner: UserId) -> Result<Option<TaskId>> {
    let task = sqlx::query_scalar!(
        "SELECT id FROM task WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1",
        owner.uuid()
    );
    Ok(task.fetch_optional(connection).await?.map(TaskId::from))
}

/// Removes what else there is of a deleted client once their tasks are removed; says whether they are.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn finish(connection: &mut PgConnection, owner: UserId) -> Result<bool> {
    let id = owner.uuid();
    let left = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM task WHERE owner_id = $1 AND deleted_at IS NOT NULL AND NOT removed) AS "left!""#,
        id
    );
    if left.fetch_one(&mut *connection).await? {
        return Ok(false);
    }
    sqlx::query!("DELETE FROM client_usage WHERE owner_id = $1", id).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM client_audience WHERE owner_id = $1", id).execute(&mut *connection).await?;
    requests::forget(connection, &[&owner.to_string()], id).await?;
    sqlx::query!("UPDATE deleted_client SET removed = true WHERE owner_id = $1", id).execute(connection).await?;
    Ok(true)
}

/// Forgets clients of whom nothing is left and who were deleted before a time.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM deleted_client WHERE removed AND deleted_at <= $1", before).execute(connection).await?;
    Ok(())
}
