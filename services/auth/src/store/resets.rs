//! The tables `reset_request` and `password_reset`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{DeliveryId, UserId};
use sqlx::PgConnection;

use crate::domain::{Reset, TokenDigest};

/// A request that is to be looked at.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) id: DeliveryId,
    pub(crate) email: String,
    pub(crate) asked_at: DateTime<Utc>,
}

/// A mail that is to be handed over to notify.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: DeliveryId,
    pub(crate) user: UserId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Notes that somebody asks for an address.
pub(crate) async fn ask(db: &mut PgConnection, id: DeliveryId, email: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO reset_request (id, email, asked_at, due_at) VALUES ($1, $2, $3, $3)",
        id.uuid(),
        email,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes at most `limit` requests that are due, until a time.
pub(crate) async fn claim_requests(
    db: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Request>> {
    let requests = sqlx::query_as!(
        Request,
        r#"UPDATE reset_request SET due_at = $2
           WHERE id IN (SELECT id FROM reset_request WHERE due_at <= $1 ORDER BY due_at LIMIT $3
                        FOR UPDATE SKIP LOCKED)
           RETURNING id AS "id: DeliveryId", email, asked_at"#,
        now,
        until,
        limit,
    );
    Ok(requests.fetch_all(db).await?)
}

/// Forgets a request that was looked at.
pub(crate) async fn looked_at(db: &mut PgConnection, id: DeliveryId) -> Result<()> {
    sqlx::query!("DELETE FROM reset_request WHERE id = $1", id.uuid()).execute(db).await?;
    Ok(())
}

/// Stores a reset, in the place of an older one of the same user, to be mailed at once. A newer one stays, and so does
/// one that was stored already.
pub(crate) async fn insert(
    db: &mut PgConnection,
    reset: &Reset,
    token: &TokenDigest,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO password_reset AS r
             (id, user_id, email_digest, password_version, token_digest, sealed, due_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id) DO UPDATE
         SET id = excluded.id, email_digest = excluded.email_digest, password_version = excluded.password_version,
             token_digest = excluded.token_digest, sealed = excluded.sealed, due_at = excluded.due_at,
             expires_at = excluded.expires_at
         WHERE r.id <> excluded.id AND r.expires_at <= excluded.expires_at",
        reset.id.uuid(),
        reset.user.uuid(),
        &reset.email_digest[..],
        i64::try_from(reset.password_version).map_err(Error::internal)?,
        &token.0[..],
        sealed,
        now,
        reset.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The reset of this token, if it is good.
pub(crate) async fn find(db: &mut PgConnection, token: &TokenDigest, now: DateTime<Utc>) -> Result<Option<Reset>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: DeliveryId", user_id AS "user: UserId", email_digest, password_version, expires_at
           FROM password_reset WHERE token_digest = $1 AND expires_at > $2"#,
        &token.0[..],
        now,
    );
    let Some(row) = row.fetch_optional(db).await? else { return Ok(None) };
    Ok(Some(Reset {
        id: row.id,
        user: row.user,
        email_digest: row.email_digest.try_into().map_err(|_| Error::internal("a digest of another length"))?,
        password_version: u64::try_from(row.password_version).map_err(Error::internal)?,
        expires_at: row.expires_at,
    }))
}

/// Makes what was mailed to a user good for nothing.
pub(crate) async fn void(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM password_reset WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// Takes at most `limit` mails that are due, until a time.
pub(crate) async fn claim(
    db: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Due>> {
    let due = sqlx::query_as!(
        Due,
        r#"UPDATE password_reset SET due_at = $2
           WHERE id IN (SELECT id FROM password_reset WHERE due_at <= $1 AND expires_at > $1
                        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING id AS "id: DeliveryId", user_id AS "user: UserId", sealed AS "sealed!", expires_at"#,
        now,
        until,
        limit,
    );
    Ok(due.fetch_all(db).await?)
}

/// Forgets the token of a mail that notify has taken over.
pub(crate) async fn handed_over(db: &mut PgConnection, id: DeliveryId) -> Result<()> {
    sqlx::query!("UPDATE password_reset SET sealed = NULL, due_at = NULL WHERE id = $1", id.uuid()).execute(db).await?;
    Ok(())
}

/// Forgets at most `batch` resets that are out of date, and says how many there were.
pub(crate) async fn purge(db: &mut PgConnection, now: DateTime<Utc>, batch: i64) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM password_reset WHERE id IN
             (SELECT id FROM password_reset WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        now,
        batch,
    );
    Ok(purged.execute(db).await?.rows_affected())
}
