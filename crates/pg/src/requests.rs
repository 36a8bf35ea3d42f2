//! Creates that may be repeated: what became of each `request_id` (AIP-155).

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Reason, Result};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// How long a repeat is recognised.
const KEPT: TimeDelta = TimeDelta::hours(24);
const PURGE_BATCH: i64 = 1_000;

/// What names a request.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Who asks: a user's id, or a word of the service's choice where nobody is signed in.
    pub principal: &'a str,
    /// The method, such as `CreateTask`.
    pub method: &'a str,
    /// What the caller gave.
    pub request_id: &'a str,
}

/// Whether a request was carried out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// The request is new: create the resource with the id that was given, in this transaction.
    First,
    /// The request came before and made the resource with this id: answer with that as it is now.
    Repeat(Uuid),
}

/// The fingerprint of a request's content: of its encoding with the `request_id` taken out.
#[must_use]
pub fn fingerprint(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

/// Forgets what somebody who was deleted has asked for, and what was said of the resource that they were: of its
/// requests the ids stay, so that a repeat does not create it anew.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn forget(connection: &mut PgConnection, principals: &[&str], resource_id: Uuid) -> Result<()> {
    let principals: Vec<String> = principals.iter().map(ToString::to_string).collect();
    sqlx::query!("DELETE FROM mesh.request WHERE principal = ANY($1)", &principals).execute(&mut *connection).await?;
    sqlx::query!("UPDATE mesh.request SET fingerprint = '' WHERE resource_id = $1", resource_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Says whether a request is new, and remembers with the transaction that it made `resource_id`.
///
/// While another transaction works on the same key, this waits for its end.
///
/// # Errors
/// REQUEST_ID_REUSED if the same key came with other content in the last 24 hours.
pub async fn once(
    connection: &mut PgConnection,
    key: &Key<'_>,
    fingerprint: &[u8; 32],
    resource_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Once> {
    // An insert waits for whoever has inserted the same key and not yet committed. An old row is taken over.
    let inserted = sqlx::query!(
        "INSERT INTO mesh.request AS old (principal, method, request_id, fingerprint, resource_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (principal, method, request_id) DO UPDATE
             SET fingerprint = excluded.fingerprint,
                 resource_id = excluded.resource_id,
                 created_at = excluded.created_at
             WHERE old.created_at < $7",
        key.principal,
        key.method,
        key.request_id,
        fingerprint,
        resource_id,
        now,
        now - KEPT,
    )
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Once::First);
    }
    // The insert has locked the row, so it is still there.
    let before = sqlx::query!(
        "SELECT fingerprint, resource_id FROM mesh.request
         WHERE principal = $1 AND method = $2 AND request_id = $3",
        key.principal,
        key.method,
        key.request_id,
    )
    .fetch_one(connection)
    .await?;
    if before.fingerprint == fingerprint {
        Ok(Once::Repeat(before.resource_id))
    } else {
        Err(Error::new(Reason::RequestIdReused, "request_id was used before with other content"))
    }
}

/// Deletes what is older than 24 hours, in small transactions; returns how many rows.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn purge(pool: &PgPool, now: DateTime<Utc>) -> Result<u64> {
    let mut purged = 0;
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM mesh.request WHERE (principal, method, request_id) IN
                 (SELECT principal, method, request_id FROM mesh.request WHERE created_at < $1
                  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            now - KEPT,
            PURGE_BATCH,
        )
        .execute(pool)
        .await?
        .rows_affected();
        purged += deleted;
        if deleted < PURGE_BATCH.unsigned_abs() {
            return Ok(purged);
        }
    }
}
