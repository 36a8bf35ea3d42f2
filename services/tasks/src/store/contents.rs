//! Bytes that no image may have any more, and what becomes of their objects. See the migration that makes the table.
//!
//! An image refers to its bytes by their hash; how many do is what the index of the hashes says. Whoever adds an image
//! holds a shared lock of its hash until the image is there; whoever takes bytes for unused holds that lock alone while
//! they look for images, so that none can come in between.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Result};
use sqlx::PgConnection;

use crate::domain::ContentHash;

/// After how long somebody else goes on with what one has begun to remove.
pub(crate) const BEGUN: TimeDelta = TimeDelta::minutes(2);

/// What is known of the object of an image that is being added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    /// It stays where it is.
    Stays,
    /// It is being removed at this moment.
    Going,
    /// It may have been removed since it was written.
    Gone,
}

/// Says that an image with these bytes is being added, until the transaction ends: nobody removes their object.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn claim(connection: &mut PgConnection, hash: &ContentHash, now: DateTime<Utc>) -> Result<Object> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", hash.lock()).execute(&mut *connection).await?;
    let row = sqlx::query!("SELECT state, since FROM unused_content WHERE sha256 = $1 FOR UPDATE", &hash.0[..]);
    let object = match row.fetch_optional(&mut *connection).await? {
        None => return Ok(Object::Stays),
        Some(row) if row.state == "waits" => Object::Stays,
        Some(row) if row.state == "going" && row.since > now - BEGUN => return Ok(Object::Going),
        Some(_) => Object::Gone,
    };
    sqlx::query!("DELETE FROM unused_content WHERE sha256 = $1", &hash.0[..]).execute(connection).await?;
    Ok(object)
}

/// Notes that bytes were written for an image that was not added: they may be nobody's.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn may_be_unused(connection: &mut PgConnection, hash: &ContentHash, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO unused_content (sha256, state, since) VALUES ($1, 'waits', $2) ON CONFLICT DO NOTHING",
        &hash.0[..],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Bytes whose time has come.
#[derive(Debug)]
pub(crate) struct Taken {
    /// How many were looked at.
    pub(crate) looked_at: usize,
    /// Those that are unused: their object is going.
    pub(crate) going: Vec<ContentHash>,
}

/// Of the bytes that have waited since `waited`, or whose removal was begun before `begun` and not ended, says of those
/// that no image has that their object is going, and answers with them. The others are forgotten.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn take_unused(
    connection: &mut PgConnection,
    waited: DateTime<Utc>,
    begun: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Taken> {
    // Whoever adds an image at this moment has locked the row: it is passed over.
    let due = sqlx::query_scalar!(
        "SELECT sha256 FROM unused_content
         WHERE (state = 'waits' AND since <= $1) OR (state = 'going' AND since <= $2)
         ORDER BY since LIMIT $3 FOR UPDATE SKIP LOCKED",
        waited,
        begun,
        limit,
    );
    let due = due.fetch_all(&mut *connection).await?.into_iter().map(hash).collect::<Result<Vec<_>>>()?;
    let looked_at = due.len();
    let mut alone = Vec::with_capacity(looked_at);
    for hash in due {
        let lock = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "alone!""#, hash.lock());
        if lock.fetch_one(&mut *connection).await? {
            alone.push(hash.0.to_vec());
        }
    }
    // A statement of its own: its view of the images is from after the locks.
    let going = sqlx::query_scalar!(
        "WITH used AS (
             DELETE FROM unused_content u
             WHERE u.sha256 = ANY($1) AND EXISTS (SELECT FROM image i WHERE i.sha256 = u.sha256))
         UPDATE unused_content u SET state = 'going', since = $2
         WHERE u.sha256 = ANY($1) AND NOT EXISTS (SELECT FROM image i WHERE i.sha256 = u.sha256)
         RETURNING u.sha256",
        &alone,
        now,
    );
    let going = going.fetch_all(connection).await?.into_iter().map(hash).collect::<Result<Vec<_>>>()?;
    Ok(Taken { looked_at, going })
}

/// Says that the object of bytes is removed.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn gone(connection: &mut PgConnection, hash: &ContentHash, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE unused_content SET state = 'gone', since = $2 WHERE sha256 = $1 AND state = 'going'",
        &hash.0[..],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the objects that were removed before a time.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM unused_content WHERE state = 'gone' AND since <= $1", before).execute(connection).await?;
    Ok(())
}

fn hash(bytes: Vec<u8>) -> Result<ContentHash> {
    Ok(ContentHash(bytes.try_into().map_err(|_| Error::internal("a hash of another length"))?))
}
