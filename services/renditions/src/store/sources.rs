//! The rows of sources.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use super::{count, digest, number};
use crate::domain::{Digest, Source, StoredSource};

struct Row {
    sha256: Vec<u8>,
    media_type: String,
    size_bytes: i64,
    width: i32,
    height: i32,
    uploaded_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
}

impl TryFrom<Row> for StoredSource {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let source = Source {
            digest: digest(row.sha256)?,
            media_type: row.media_type,
            size_bytes: count(row.size_bytes)?,
            width: row.width.unsigned_abs(),
            height: row.height.unsigned_abs(),
        };
        Ok(Self { source, uploaded_at: row.uploaded_at, used_at: row.used_at })
    }
}

/// Keeps whoever stores or removes a source of these bytes apart, until the transaction ends.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
pub(crate) async fn lock(connection: &mut PgConnection, digest: &Digest) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", digest.lock()).execute(connection).await?;
    Ok(())
}

/// Writes that a client has a source, or has it again.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    owner: UserId,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO source (owner_id, sha256, media_type, size_bytes, width, height, uploaded_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (owner_id, sha256) DO UPDATE SET used_at = excluded.used_at",
        owner.uuid(),
        &source.digest.0[..],
        source.media_type,
        number(source.size_bytes)?,
        i32::try_from(source.width).map_err(Error::internal)?,
        i32::try_from(source.height).map_err(Error::internal)?,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many bytes the sources of a client have, but for one.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn bytes_beside(connection: &mut PgConnection, owner: UserId, digest: &Digest) -> Result<u64> {
    let bytes = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(size_bytes), 0)::bigint AS "bytes!" FROM source WHERE owner_id = $1 AND sha256 <> $2"#,
        owner.uuid(),
        &digest.0[..],
    );
    count(bytes.fetch_one(connection).await?)
}

/// Those of these sources that a client has; they are used from now on. To the hour: many may use one at once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn used(
    connection: &mut PgConnection,
    owner: UserId,
    digests: &BTreeSet<Digest>,
    now: DateTime<Utc>,
) -> Result<BTreeSet<Digest>> {
    let wanted: Vec<Vec<u8>> = digests.iter().map(|digest| digest.0.to_vec()).collect();
    sqlx::query!(
        "UPDATE source SET used_at = $3 WHERE (owner_id, sha256) IN
             (SELECT owner_id, sha256 FROM source WHERE owner_id = $1 AND sha256 = ANY($2) AND used_at < $4
              ORDER BY sha256 FOR NO KEY UPDATE)",
        owner.uuid(),
        &wanted,
        now,
        now - TimeDelta::hours(1),
    )
    .execute(&mut *connection)
    .await?;
    known(connection, owner, digests).await
}

/// Those of these sources that a client has.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn known(
    connection: &mut PgConnection,
    owner: UserId,
    digests: &BTreeSet<Digest>,
) -> Result<BTreeSet<Digest>> {
    let wanted: Vec<Vec<u8>> = digests.iter().map(|digest| digest.0.to_vec()).collect();
    let known = sqlx::query_scalar!(
        "SELECT sha256 FROM source WHERE owner_id = $1 AND sha256 = ANY($2)",
        owner.uuid(),
        &wanted,
    );
    known.fetch_all(connection).await?.into_iter().map(digest).collect()
}

/// A client's sources behind one, in the order of their digests.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn of(
    connection: &mut PgConnection,
    owner: UserId,
    after: Option<Digest>,
    limit: i64,
) -> Result<Vec<StoredSource>> {
    let after = after.map(|digest| digest.0.to_vec()).unwrap_or_default();
    let rows = sqlx::query_as!(
        Row,
        "SELECT sha256, media_type, size_bytes, width, height, uploaded_at, used_at FROM source
         WHERE owner_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3",
        owner.uuid(),
        &after,
        limit,
    );
    rows.fetch_all(connection).await?.into_iter().map(StoredSource::try_from).collect()
}
