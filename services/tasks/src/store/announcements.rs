//! How far the images of submitted tasks have been told to the others.

use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use sqlx::PgConnection;

/// A task whose images are to be announced, locked: no other replica works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Announcement {
    /// The task.
    pub(crate) task_id: TaskId,
    /// The position of the last image that was announced.
    pub(crate) after: i64,
}

/// Remembers with a submission that its images are to be announced.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn begin(connection: &mut PgConnection, task_id: TaskId) -> Result<()> {
    sqlx::query!("INSERT INTO announcement (task_id, after_pos) VALUES ($1, 0)", task_id.uuid())
        .execute(connection)
        .await?;
    Ok(())
}

/// Any announcement that nobody works on, after `after` by task where there is one: so that tasks take turns.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn take(connection: &mut PgConnection, after: Option<TaskId>) -> Result<Option<Announcement>> {
    let row = sqlx::query!(
        "SELECT task_id, after_pos FROM announcement
         ORDER BY task_id > $1 DESC, task_id LIMIT 1 FOR UPDATE SKIP LOCKED",
        after.map(TaskId::uuid).unwrap_or_default(),
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Announcement { task_id: row.task_id.into(), after: row.after_pos }))
}

/// Stores how far it has come.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn advance(connection: &mut PgConnection, announcement: &Announcement) -> Result<()> {
    sqlx::query!(
        "UPDATE announcement SET after_pos = $2 WHERE task_id = $1",
        announcement.task_id.uuid(),
        announcement.after,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// All images are announced, or nobody wants to know any more.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn end(connection: &mut PgConnection, task_id: TaskId) -> Result<()> {
    sqlx::query!("DELETE FROM announcement WHERE task_id = $1", task_id.uuid()).execute(connection).await?;
    Ok(())
}
