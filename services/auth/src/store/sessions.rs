//! The table `session`.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{Everything, Reach, Role};
use labelmesh_ids::{SessionId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Origin, Session, TokenDigest};

struct Row {
    id: Uuid,
    user_id: Uuid,
    roles: Vec<i16>,
    confirmed: bool,
    started_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
    address: Option<String>,
    user_agent: Option<String>,
}

impl TryFrom<Row> for Session {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let roles = row.roles.into_iter().map(|role| Role::try_from(i32::from(role)));
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            roles: roles.collect::<Result<_, _>>().map_err(Error::internal)?,
            confirmed: row.confirmed,
            started_at: row.started_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
            origin: Origin { address: row.address, user_agent: row.user_agent },
        })
    }
}

/// Which sessions of a user end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    pub(crate) user: UserId,
    /// The one that goes on.
    pub(crate) kept: Option<SessionId>,
    /// Those that began then or before.
    pub(crate) until: DateTime<Utc>,
}

/// Stores a session under the digest of its token.
pub(crate) async fn insert(db: &mut PgConnection, session: &Session, token: &TokenDigest) -> Result<()> {
    let roles: Vec<i16> = session.roles.iter().map(|role| *role as i16).collect();
    sqlx::query!(
        "INSERT INTO session (id, token_digest, user_id, roles, started_at, expires_at, used_at, address, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.id.uuid(),
        &token.0[..],
        session.user_id.uuid(),
        &roles,
        session.started_at,
        session.expires_at,
        session.used_at,
        session.origin.address.as_deref(),
        session.origin.user_agent.as_deref(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The session of this token, if it is neither ended nor expired, was used within `idle`, and nobody has blocked its
/// account; with the roles that the user has now.
pub(crate) async fn find_live(
    db: &mut PgConnection,
    _: Everything,
    token: &TokenDigest,
    idle: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT s.id, s.user_id, coalesce(a.roles, s.roles) AS "roles!",
                  a.unconfirmed IS NOT TRUE AS "confirmed!", s.started_at, s.expires_at, s.used_at, s.address,
                  s.user_agent
           FROM session s LEFT JOIN account a ON a.user_id = s.user_id
           WHERE s.token_digest = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.used_at > $3
               AND a.blocked IS NOT TRUE"#,
        &token.0[..],
        now,
        now - idle,
    );
    row.fetch_optional(db).await?.map(Session::try_from).transpose()
}

/// Writes that a session is used now.
pub(crate) async fn touch(db: &mut PgConnection, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE session SET used_at = $2 WHERE id = $1 AND used_at < $2", id.uuid(), now).execute(db).await?;
    Ok(())
}

/// The open sessions of a user, the newest first: ids count up with time. Those before `before`, at most `limit`.
pub(crate) async fn list(
    db: &mut PgConnection,
    user: UserId,
    before: Option<Uuid>,
    limit: i64,
    idle: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<Session>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, user_id, roles, true AS "confirmed!", started_at, expires_at, used_at, address, user_agent
           FROM session
           WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at > $3
               AND ($4::uuid IS NULL OR id < $4)
           ORDER BY id DESC LIMIT $5"#,
        user.uuid(),
        now,
        now - idle,
        before,
        limit,
    );
    rows.fetch_all(db).await?.into_iter().map(Session::try_from).collect()
}

/// Deletes all sessions of a user, open or not.
pub(crate) async fn delete_all(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM session WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// Ends a session as far as the caller may, and answers with its user; `None` where it has ended already.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn end(
    db: &mut PgConnection,
    id: SessionId,
    reach: Reach,
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    if reach == Reach::Public {
        return Err(Error::not_found("session"));
    }
    let found = sqlx::query!(
        r#"WITH found AS (
               SELECT id, user_id, ended_at IS NULL AS open FROM session
               WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2) FOR UPDATE),
           ended AS (UPDATE session s SET ended_at = $3 FROM found WHERE s.id = found.id AND found.open)
           SELECT user_id AS "user_id!", open AS "open!" FROM found"#,
        id.uuid(),
        reach.owner().map(UserId::uuid),
        now,
    );
    let found = found.fetch_optional(db).await?.ok_or_else(|| Error::not_found("session"))?;
    Ok(found.open.then(|| found.user_id.into()))
}

/// Those that an ending would end.
pub(crate) async fn open(db: &mut PgConnection, ending: Ending, now: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let open = sqlx::query_scalar!(
        "SELECT id FROM session
         WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $4 AND started_at <= $3 AND id IS DISTINCT FROM $2",
        ending.user.uuid(),
        ending.kept.map(SessionId::uuid),
        ending.until,
        now,
    );
    Ok(open.fetch_all(db).await?.into_iter().map(SessionId::from).collect())
}

/// Ends sessions of a user, and answers with those that were open.
pub(crate) async fn end_all(db: &mut PgConnection, ending: Ending, now: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let ended = sqlx::query_scalar!(
        "UPDATE session SET ended_at = $4
         WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $4 AND started_at <= $3 AND id IS DISTINCT FROM $2
         RETURNING id",
        ending.user.uuid(),
        ending.kept.map(SessionId::uuid),
        ending.until,
        now,
    );
    Ok(ended.fetch_all(db).await?.into_iter().map(SessionId::from).collect())
}

/// Deletes at most `batch` sessions that were over before `over`, or had not been used since `unused`; returns how
/// many.
pub(crate) async fn purge(
    db: &mut PgConnection,
    over: DateTime<Utc>,
    unused: DateTime<Utc>,
    batch: i64,
) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM session WHERE id IN
             (SELECT id FROM session WHERE expires_at < $1 OR ended_at < $1 OR used_at < $3
              LIMIT $2 FOR UPDATE SKIP LOCKED)",
        over,
        batch,
        unused,
    )
    .execute(db)
    .await?;
    Ok(purged.rows_affected())
}
