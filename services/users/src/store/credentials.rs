//! The table `credential`.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Everything;
use labelmesh_ids::UserId;
use labelmesh_password::Hash;
use sqlx::PgConnection;

use crate::domain::Roles;

/// What is needed to check a password.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) user_id: UserId,
    pub(crate) hash: Hash,
    pub(crate) roles: Roles,
    pub(crate) blocked: bool,
    /// The version of the user.
    pub(crate) version: u64,
}

/// The credential of whoever has this address.
pub(crate) async fn find_by_email(db: &mut PgConnection, _: Everything, email: &Email) -> Result<Option<Credential>> {
    let row = sqlx::query!(
        r#"SELECT users.id, users.roles, users.blocked_at IS NOT NULL AS "blocked!", users.version,
                  credential.password_hash
           FROM users JOIN credential ON credential.user_id = users.id
           WHERE users.email = $1"#,
        email.as_str(),
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Credential {
        user_id: row.id.into(),
        hash: Hash::parse(row.password_hash)?,
        roles: Roles::parse(row.roles.into_iter().map(i32::from))?,
        blocked: row.blocked,
        version: u64::try_from(row.version).map_err(Error::internal)?,
    }))
}

/// The hash of the password that the user was created with; nothing where it was changed since.
pub(crate) async fn first_hash(db: &mut PgConnection, user: UserId) -> Result<Option<Hash>> {
    let hash =
        sqlx::query_scalar!("SELECT password_hash FROM credential WHERE user_id = $1 AND version = 1", user.uuid(),)
            .fetch_optional(db)
            .await?;
    hash.map(Hash::parse).transpose()
}

/// Stores the hash of a new user's password.
pub(crate) async fn insert(db: &mut PgConnection, user: UserId, hash: &Hash, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO credential (user_id, password_hash, version, set_at) VALUES ($1, $2, 1, $3)",
        user.uuid(),
        hash.expose(),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}
