//! What is kept no longer.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use super::{digest, key};
use crate::domain::{Digest, JobKey};

/// Forgets transformations of a client; says how many.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn transformations_of(connection: &mut PgConnection, owner: UserId, limit: i64) -> Result<u64> {
    let deleted = sqlx::query!(
        "DELETE FROM transformation WHERE id IN
             (SELECT id FROM transformation WHERE owner_id = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)",
        owner.uuid(),
        limit,
    );
    Ok(deleted.execute(connection).await?.rows_affected())
}

/// Forgets transformations that ended before a time; says how many.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn old_transformations(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let deleted = sqlx::query!(
        "DELETE FROM transformation WHERE id IN
             (SELECT id FROM transformation WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit,
    );
    Ok(deleted.execute(connection).await?.rows_affected())
}

/// Sources that nobody has used since a time: whose they are, and their bytes.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn unused_sources(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(UserId, Digest)>> {
    let rows = sqlx::query!(
        r#"SELECT owner_id AS "owner_id: UserId", sha256 FROM source WHERE used_at < $1 ORDER BY used_at LIMIT $2"#,
        before,
        limit,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((row.owner_id, digest(row.sha256)?))).collect()
}

/// Forgets that a client has a source, unless it was used since a time; says whether nobody else has it. The bytes are
/// locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn source(
    connection: &mut PgConnection,
    owner: UserId,
    source: &Digest,
    before: Option<DateTime<Utc>>,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "DELETE FROM source WHERE owner_id = $1 AND sha256 = $2 AND ($3::timestamptz IS NULL OR used_at < $3)",
        owner.uuid(),
        &source.0[..],
        before,
    );
    if deleted.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let others =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM source WHERE sha256 = $1) AS "others!""#, &source.0[..]);
    Ok(!others.fetch_one(connection).await?)
}

/// Jobs that ended before a time and that no transformation has.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn unused_jobs(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<JobKey>> {
    let keys = sqlx::query_scalar!(
        "SELECT key FROM job WHERE state <> 'open' AND ended_at < $1
             AND NOT EXISTS (SELECT FROM transformation t WHERE t.key = job.key)
         ORDER BY ended_at LIMIT $2",
        before,
        limit,
    );
    keys.fetch_all(connection).await?.into_iter().map(key).collect()
}

/// Locks a job for its removal, and says whether it may be removed, since it has ended and still no transformation has
/// it.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
pub(crate) async fn lock_unused_job(connection: &mut PgConnection, key: &JobKey) -> Result<bool> {
    let locked =
        sqlx::query_scalar!("SELECT run FROM job WHERE key = $1 AND ended_at IS NOT NULL FOR UPDATE", &key.0[..]);
    if locked.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(false);
    }
    // A statement of its own: its view of the transformations is from after the lock.
    let used =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM transformation WHERE key = $1) AS "used!""#, &key.0[..]);
    Ok(!used.fetch_one(connection).await?)
}

/// Says of a job that has ended that there are no pictures of it: whoever asks for them has them made. Its row is
/// locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn pictures(connection: &mut PgConnection, key: &JobKey) -> Result<()> {
    sqlx::query!("UPDATE job SET state = 'failed', renditions = NULL WHERE key = $1", &key.0[..])
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets a job; its row is locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn job(connection: &mut PgConnection, key: &JobKey) -> Result<()> {
    sqlx::query!("DELETE FROM job WHERE key = $1", &key.0[..]).execute(connection).await?;
    Ok(())
}
