//! The tables `confirmation` and `mailed`.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{DeliveryId, UserId};
use sqlx::PgConnection;

use crate::domain::{Confirmation, Counted};

/// A mail that is to be handed over to notify.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: DeliveryId,
    pub(crate) user: UserId,
    pub(crate) email: String,
    pub(crate) sealed_token: Vec<u8>,
    /// The address that is told that this one is to take its place.
    pub(crate) told_email: Option<String>,
    /// Whether it takes the place of another.
    pub(crate) moves: bool,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What a token confirms.
#[derive(Debug)]
pub(crate) struct Meant {
    pub(crate) id: DeliveryId,
    pub(crate) user: UserId,
    pub(crate) email: Email,
}

/// Counts a mail, and says how many there were since when, this one included.
pub(crate) async fn count(
    db: &mut PgConnection,
    counted: &Counted,
    now: DateTime<Utc>,
) -> Result<(u32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "INSERT INTO mailed AS m (subject, since, count) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE
         SET count = CASE WHEN m.since <= $3 THEN 1 ELSE m.count + 1 END,
             since = CASE WHEN m.since <= $3 THEN $2 ELSE m.since END
         RETURNING count, since",
        counted.subject,
        now,
        now - counted.window,
    );
    let row = row.fetch_one(db).await?;
    Ok((u32::try_from(row.count).map_err(Error::internal)?, row.since))
}

/// Stores what is to be confirmed, in the place of what there was for the same user; it is due at once.
pub(crate) async fn insert(db: &mut PgConnection, confirmation: &Confirmation, sealed_token: &[u8]) -> Result<()> {
    let Confirmation { id, user, email, told, token, created_at, expires_at } = confirmation;
    void(db, *user).await?;
    sqlx::query!(
        "INSERT INTO confirmation (id, user_id, email, token_digest, sealed_token, due_at, created_at, expires_at,
                                   told_email)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
        id.uuid(),
        user.uuid(),
        email.as_str(),
        &token.digest()[..],
        sealed_token,
        created_at,
        expires_at,
        told.as_ref().map(Email::as_str),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes what was mailed for a user good for nothing.
pub(crate) async fn void(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM confirmation WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// What a token confirms, if it is good.
pub(crate) async fn find(db: &mut PgConnection, digest: &[u8; 32], now: DateTime<Utc>) -> Result<Option<Meant>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: DeliveryId", user_id AS "user_id: UserId", email FROM confirmation
           WHERE token_digest = $1 AND expires_at > $2"#,
        &digest[..],
        now,
    );
    let row = row.fetch_optional(db).await?;
    Ok(row.map(|row| Meant { id: row.id, user: row.user_id, email: Email::stored(row.email) }))
}

/// Uses up what is to be confirmed; false where somebody else has, or something newer is in its place.
pub(crate) async fn spend(db: &mut PgConnection, id: DeliveryId) -> Result<bool> {
    let spent = sqlx::query!("DELETE FROM confirmation WHERE id = $1", id.uuid()).execute(db).await?;
    Ok(spent.rows_affected() == 1)
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
        r#"WITH due AS (SELECT id FROM confirmation WHERE due_at <= $1 AND expires_at > $1
                        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE confirmation c SET due_at = $2 FROM due, users u
           WHERE c.id = due.id AND u.id = c.user_id
           RETURNING c.id AS "id: DeliveryId", c.user_id AS "user: UserId", c.email, sealed_token AS "sealed_token!",
                     told_email, u.email <> c.email AS "moves!", expires_at"#,
        now,
        until,
        limit,
    );
    Ok(due.fetch_all(db).await?)
}

/// Forgets the token of a mail that notify has taken over.
pub(crate) async fn handed_over(db: &mut PgConnection, id: DeliveryId) -> Result<()> {
    sqlx::query!("UPDATE confirmation SET sealed_token = NULL, due_at = NULL WHERE id = $1", id.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets what can confirm nothing any more, and counts from before a time.
pub(crate) async fn forget(db: &mut PgConnection, now: DateTime<Utc>, counts: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM confirmation WHERE expires_at <= $1", now).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM mailed WHERE since <= $1", counts).execute(db).await?;
    Ok(())
}
