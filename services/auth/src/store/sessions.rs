//! The table `session`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{Everything, Role};
use labelmesh_ids::{SessionId, UserId};
use sqlx::PgConnection;

use crate::domain::{Session, TokenDigest};

/// Stores a session under the digest of its token.
pub(crate) async fn insert(db: &mut PgConnection, session: &Session, token: &TokenDigest) -> Result<()> {
    let roles: Vec<i16> = session.roles.iter().map(|role| *role as i16).collect();
    sqlx::query!(
        "INSERT INTO session (id, token_digest, user_id, roles, started_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        session.id.uuid(),
        &token.0[..],
        session.user_id.uuid(),
        &roles,
        session.started_at,
        session.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The session of this token, if it is neither ended nor expired and nobody has blocked its account; with the roles that
/// the user has now.
pub(crate) async fn find_live(
    db: &mut PgConnection,
    _: Everything,
    token: &TokenDigest,
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    let row = sqlx::query!(
        r#"SELECT s.id, s.user_id, coalesce(a.roles, s.roles) AS "roles!", s.started_at, s.expires_at
           FROM session s LEFT JOIN account a ON a.user_id = s.user_id
           WHERE s.token_digest = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.blocked IS NOT TRUE"#,
        &token.0[..],
        now,
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let roles = row.roles.into_iter().map(|role| Role::try_from(i32::from(role)));
    Ok(Some(Session {
        id: row.id.into(),
        user_id: row.user_id.into(),
        roles: roles.collect::<Result<_, _>>().map_err(Error::internal)?,
        started_at: row.started_at,
        expires_at: row.expires_at,
    }))
}

/// Ends a session of this user; false where there is none, or none that has not ended.
pub(crate) async fn end(db: &mut PgConnection, id: SessionId, user: UserId, now: DateTime<Utc>) -> Result<bool> {
    let ended = sqlx::query!(
        "UPDATE session SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        id.uuid(),
        user.uuid(),
        now,
    )
    .execute(db)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all sessions of a user.
pub(crate) async fn end_all(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE session SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL", user.uuid(), now)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes at most `batch` sessions that were over before `over`; returns how many.
pub(crate) async fn purge(db: &mut PgConnection, over: DateTime<Utc>, batch: i64) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM session WHERE id IN
             (SELECT id FROM session WHERE expires_at < $1 OR ended_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        over,
        batch,
    )
    .execute(db)
    .await?;
    Ok(purged.rows_affected())
}
