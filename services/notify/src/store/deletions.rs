//! The tables `deleted_task` and `deleted_user`, and what goes with deleted tasks and users.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
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

/// Notes that a user was deleted, and removes what they have but for their list. Whoever tells them something, or makes
/// something for them, at this moment is waited for.
pub(crate) async fn delete_user(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", user.to_string())
        .execute(&mut *connection)
        .await?;
    let user = user.uuid();
    sqlx::query!(
        "INSERT INTO deleted_user (user_id, deleted_at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING",
        user,
        now,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM webhook WHERE owner_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM delivery WHERE user_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM muted WHERE user_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM texted WHERE user_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM phone WHERE user_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM text_delivery WHERE user_id = $1", user).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM sign_in WHERE user_id = $1", user).execute(connection).await?;
    Ok(())
}

/// Removes at most `limit` notifications of a user with their deliveries; returns how many.
pub(crate) async fn remove_notifications(connection: &mut PgConnection, user: UserId, limit: i64) -> Result<i64> {
    let removed = sqlx::query!(
        "DELETE FROM notification WHERE notification_id IN
             (SELECT notification_id FROM notification WHERE user_id = $1
              ORDER BY notification_id LIMIT $2 FOR UPDATE)",
        user.uuid(),
        limit,
    );
    i64::try_from(removed.execute(connection).await?.rows_affected()).map_err(Error::internal)
}

/// Removes the version of the list of a user who has no notifications any more: whoever marks one changes it.
pub(crate) async fn remove_inbox(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM inbox WHERE user_id = $1", user.uuid()).execute(connection).await?;
    Ok(())
}

/// Whether a user was deleted. One who was not stays so until the transaction ends: whoever deletes them waits.
pub(crate) async fn is_user_deleted(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 2))", user.to_string())
        .execute(&mut *connection)
        .await?;
    // A statement of its own: its view is from after the lock.
    let deleted = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM deleted_user WHERE user_id = $1) AS "deleted!""#,
        user.uuid()
    );
    Ok(deleted.fetch_one(connection).await?)
}

/// Says that a user was not deleted, as [`is_user_deleted`] does.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn check_user(connection: &mut PgConnection, user: UserId) -> Result<()> {
    if is_user_deleted(connection, user).await? { Err(Error::not_found("user")) } else { Ok(()) }
}

/// Forgets that users were deleted before a time.
pub(crate) async fn forget_users(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM deleted_user WHERE deleted_at <= $1", before).execute(connection).await?;
    Ok(())
}
