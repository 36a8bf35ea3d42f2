//! The table `api_key`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{Everything, Reach, Role};
use labelmesh_ids::{ApiKeyId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{ApiKey, Holder, TokenDigest};

struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    roles: Vec<i16>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ApiKey {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let Row { name, created_at, expires_at, used_at, .. } = row;
        let roles = roles(row.roles)?;
        Ok(Self { id: row.id.into(), user_id: row.user_id.into(), name, roles, created_at, expires_at, used_at })
    }
}

fn roles(numbers: Vec<i16>) -> Result<Vec<Role>> {
    let roles = numbers.into_iter().map(|role| Role::try_from(i32::from(role)));
    roles.collect::<Result<_, _>>().map_err(Error::internal)
}

/// Lets one key at a time be made for a user, until the end of the transaction, and says how many are good.
pub(crate) async fn lock_and_count(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<u64> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 7310000003))", user.to_string())
        .execute(&mut *db)
        .await?;
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM api_key WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2"#,
        user.uuid(),
        now,
    );
    count.fetch_one(db).await?.try_into().map_err(Error::internal)
}

/// Stores a key under the digest of its secret.
pub(crate) async fn insert(db: &mut PgConnection, key: &ApiKey, secret: &TokenDigest) -> Result<()> {
    let roles: Vec<i16> = key.roles.iter().map(|role| *role as i16).collect();
    sqlx::query!(
        "INSERT INTO api_key (id, secret_digest, user_id, name, roles, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key.id.uuid(),
        &secret.0[..],
        key.user_id.uuid(),
        key.name,
        &roles,
        key.created_at,
        key.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The key of this secret, if it is neither revoked nor expired and its account is known and not blocked; with
/// what the account is now.
pub(crate) async fn find_good(
    db: &mut PgConnection,
    _: Everything,
    secret: &TokenDigest,
    now: DateTime<Utc>,
) -> Result<Option<(ApiKey, Holder)>> {
    let found = sqlx::query!(
        "SELECT k.id, k.user_id, k.name, k.roles, k.created_at, k.expires_at, k.used_at, a.roles AS roles_now,
             a.unconfirmed
         FROM api_key k JOIN account a ON a.user_id = k.user_id
         WHERE k.secret_digest = $1 AND k.revoked_at IS NULL AND k.expires_at > $2 AND NOT a.blocked",
        &secret.0[..],
        now,
    );
    let Some(found) = found.fetch_optional(db).await? else { return Ok(None) };
    let row = Row {
        id: found.id,
        user_id: found.user_id,
        name: found.name,
        roles: found.roles,
        created_at: found.created_at,
        expires_at: found.expires_at,
        used_at: found.used_at,
    };
    let holder = Holder { roles: roles(found.roles_now)?, confirmed: !found.unconfirmed };
    Ok(Some((row.try_into()?, holder)))
}

/// Writes that a key is used now.
pub(crate) async fn touch(db: &mut PgConnection, id: ApiKeyId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE api_key SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)",
        id.uuid(),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The good keys of a user, the newest first: ids count up with time. Those before `before`, at most `limit`.
pub(crate) async fn list(
    db: &mut PgConnection,
    user: UserId,
    before: Option<Uuid>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, user_id, name, roles, created_at, expires_at, used_at FROM api_key
         WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND ($3::uuid IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4",
        user.uuid(),
        now,
        before,
        limit,
    );
    rows.fetch_all(db).await?.into_iter().map(ApiKey::try_from).collect()
}

/// Revokes a key as far as the caller may, and answers with its user; `None` where it is revoked already.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn revoke(
    db: &mut PgConnection,
    id: ApiKeyId,
    reach: Reach,
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    if reach == Reach::Public {
        return Err(Error::not_found("API key"));
    }
    let found = sqlx::query!(
        r#"WITH found AS (
               SELECT id, user_id, revoked_at IS NULL AS good FROM api_key
               WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2) FOR UPDATE),
           revoked AS (UPDATE api_key k SET revoked_at = $3 FROM found WHERE k.id = found.id AND found.good)
           SELECT user_id AS "user_id!", good AS "good!" FROM found"#,
        id.uuid(),
        reach.owner().map(UserId::uuid),
        now,
    );
    let found = found.fetch_optional(db).await?.ok_or_else(|| Error::not_found("API key"))?;
    Ok(found.good.then(|| found.user_id.into()))
}

/// Revokes all keys of a user, and answers with those that were good.
pub(crate) async fn revoke_all(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<Vec<ApiKeyId>> {
    let revoked = sqlx::query_scalar!(
        "UPDATE api_key SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING id",
        user.uuid(),
        now,
    );
    Ok(revoked.fetch_all(db).await?.into_iter().map(ApiKeyId::from).collect())
}

/// Deletes all keys of a user, good or not.
pub(crate) async fn delete_all(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM api_key WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// Deletes at most `batch` keys that were over before `over`; returns how many.
pub(crate) async fn purge(db: &mut PgConnection, over: DateTime<Utc>, batch: i64) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM api_key WHERE id IN
             (SELECT id FROM api_key WHERE expires_at < $1 OR revoked_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        over,
        batch,
    )
    .execute(db)
    .await?;
    Ok(purged.rows_affected())
}
