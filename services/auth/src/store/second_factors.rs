//! The tables `second_factor` and `recovery_code`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use labelmesh_seal::{Sealer, context};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{FactorSecret, RecoveryDigest};

/// A secret as it is stored.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) user_id: UserId,
    pub(crate) sealed_secret: Vec<u8>,
}

/// A second factor.
#[derive(Debug)]
pub(crate) struct Factor {
    pub(crate) secret: FactorSecret,
    /// Since when codes are asked for; none where it is not confirmed.
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deleted {
    Nothing,
    /// One that protected nobody yet.
    Unconfirmed,
    Confirmed,
}

impl Deleted {
    /// How it stood, for whoever reads.
    pub(crate) fn was(self) -> &'static str {
        match self {
            Self::Nothing => "off",
            Self::Unconfirmed => "unconfirmed",
            Self::Confirmed => "on",
        }
    }
}

/// A user's second factor, confirmed or not.
///
/// # Errors
/// INTERNAL where it was sealed with another key than the configured ones.
pub(crate) async fn find(db: &mut PgConnection, user: UserId, sealer: &Sealer) -> Result<Option<Factor>> {
    let row = sqlx::query!("SELECT sealed_secret, confirmed_at FROM second_factor WHERE user_id = $1", user.uuid());
    let Some(row) = row.fetch_optional(db).await? else { return Ok(None) };
    let secret = sealer.open(&sealed_for(user), &row.sealed_secret).map_err(Error::internal)?;
    Ok(Some(Factor { secret: FactorSecret::stored(secret)?, confirmed_at: row.confirmed_at }))
}

/// Stores a secret that nobody has confirmed yet, in the place of one that nobody has. False where there is one that is
/// confirmed.
pub(crate) async fn enrol(
    db: &mut PgConnection,
    user: UserId,
    secret: &FactorSecret,
    sealer: &Sealer,
    now: DateTime<Utc>,
) -> Result<bool> {
    let sealed = sealer.seal(&sealed_for(user), secret.bytes());
    let stored = sqlx::query!(
        "INSERT INTO second_factor AS f (user_id, sealed_secret, enrolled_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE
         SET sealed_secret = excluded.sealed_secret, enrolled_at = excluded.enrolled_at, last_step = 0
         WHERE f.confirmed_at IS NULL",
        user.uuid(),
        sealed,
        now,
    );
    Ok(stored.execute(db).await?.rows_affected() > 0)
}

/// Notes that a user has shown a code, with which it is used; false where it is confirmed already.
pub(crate) async fn confirm(db: &mut PgConnection, user: UserId, step: i64, now: DateTime<Utc>) -> Result<bool> {
    let confirmed = sqlx::query!(
        "UPDATE second_factor SET confirmed_at = $3, last_step = $2 WHERE user_id = $1 AND confirmed_at IS NULL",
        user.uuid(),
        step,
        now,
    );
    Ok(confirmed.execute(db).await?.rows_affected() > 0)
}

/// Stores a user's recovery codes.
pub(crate) async fn store_recovery(db: &mut PgConnection, user: UserId, codes: &[RecoveryDigest]) -> Result<()> {
    let digests: Vec<Vec<u8>> = codes.iter().map(|digest| digest.0.to_vec()).collect();
    sqlx::query!(
        "INSERT INTO recovery_code (user_id, digest) SELECT $1, digest FROM unnest($2::bytea[]) AS digest",
        user.uuid(),
        &digests,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Uses the code of a step; false where it, or a later one, was used before.
pub(crate) async fn spend_step(db: &mut PgConnection, user: UserId, step: i64) -> Result<bool> {
    let spent = sqlx::query!(
        "UPDATE second_factor SET last_step = $2
         WHERE user_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
        user.uuid(),
        step,
    );
    Ok(spent.execute(db).await?.rows_affected() > 0)
}

/// Uses a recovery code; false where there is none like it, or not any more.
pub(crate) async fn spend_recovery(db: &mut PgConnection, user: UserId, code: RecoveryDigest) -> Result<bool> {
    let spent = sqlx::query!("DELETE FROM recovery_code WHERE user_id = $1 AND digest = $2", user.uuid(), &code.0[..]);
    Ok(spent.execute(db).await?.rows_affected() > 0)
}

/// How many recovery codes of a user are left.
pub(crate) async fn recovery_left(db: &mut PgConnection, user: UserId) -> Result<i64> {
    let left = sqlx::query_scalar!(r#"SELECT count(*) AS "left!" FROM recovery_code WHERE user_id = $1"#, user.uuid());
    Ok(left.fetch_one(db).await?)
}

/// Deletes a user's second factor with its recovery codes, if there is one.
pub(crate) async fn delete(db: &mut PgConnection, user: UserId) -> Result<Deleted> {
    let deleted = sqlx::query_scalar!(
        r#"DELETE FROM second_factor WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL AS "confirmed!""#,
        user.uuid(),
    );
    Ok(match deleted.fetch_optional(db).await? {
        None => Deleted::Nothing,
        Some(false) => Deleted::Unconfirmed,
        Some(true) => Deleted::Confirmed,
    })
}

/// The secrets of all users, a page of them behind one.
pub(crate) async fn sealed_behind(db: &mut PgConnection, behind: Option<UserId>, limit: i64) -> Result<Vec<Sealed>> {
    let sealed = sqlx::query_as!(
        Sealed,
        r#"SELECT user_id AS "user_id: UserId", sealed_secret FROM second_factor
           WHERE user_id > $1 ORDER BY user_id LIMIT $2"#,
        behind.map_or(Uuid::nil(), UserId::uuid),
        limit,
    );
    Ok(sealed.fetch_all(db).await?)
}

/// Stores the same secret sealed anew, unless it has been changed meanwhile.
pub(crate) async fn reseal(db: &mut PgConnection, before: &Sealed, sealed: &[u8]) -> Result<()> {
    sqlx::query!(
        "UPDATE second_factor SET sealed_secret = $2 WHERE user_id = $1 AND sealed_secret = $3",
        before.user_id.uuid(),
        sealed,
        before.sealed_secret,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A sealed secret opens for its own user alone.
pub(crate) fn sealed_for(user: UserId) -> String {
    context(&["second factor", &user.to_string()])
}
