//! The table `credential`.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Everything;
use labelmesh_ids::UserId;
use labelmesh_password::Hash;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::Roles;

/// What is needed to check a password.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) user_id: UserId,
    pub(crate) hash: Hash,
    /// Counts the passwords of the user.
    pub(crate) password_version: u64,
    pub(crate) roles: Roles,
    pub(crate) blocked: bool,
    /// Whether the address is still to be confirmed.
    pub(crate) unconfirmed: bool,
    pub(crate) email: String,
    /// The version of the user.
    pub(crate) version: u64,
}

struct Row {
    id: Uuid,
    roles: Vec<i16>,
    blocked: bool,
    unconfirmed: bool,
    email: String,
    version: i64,
    password_hash: String,
    password_version: i64,
}

impl TryFrom<Row> for Credential {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            user_id: row.id.into(),
            hash: Hash::parse(row.password_hash)?,
            password_version: u64::try_from(row.password_version).map_err(Error::internal)?,
            roles: Roles::parse(row.roles.into_iter().map(i32::from))?,
            blocked: row.blocked,
            unconfirmed: row.unconfirmed,
            email: row.email,
            version: u64::try_from(row.version).map_err(Error::internal)?,
        })
    }
}

/// The credential of whoever has this address.
pub(crate) async fn find_by_email(db: &mut PgConnection, _: Everything, email: &Email) -> Result<Option<Credential>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT u.id, u.roles, u.blocked_at IS NOT NULL AS "blocked!", u.version,
                  u.must_confirm AND u.confirmed_at IS NULL AS "unconfirmed!", u.email,
                  c.password_hash, c.version AS password_version
           FROM users u JOIN credential c ON c.user_id = u.id WHERE u.email = $1"#,
        email.as_str(),
    );
    row.fetch_optional(db).await?.map(Credential::try_from).transpose()
}

/// The credential of this user.
pub(crate) async fn find_by_user(db: &mut PgConnection, _: Everything, user: UserId) -> Result<Option<Credential>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT u.id, u.roles, u.blocked_at IS NOT NULL AS "blocked!", u.version,
                  u.must_confirm AND u.confirmed_at IS NULL AS "unconfirmed!", u.email,
                  c.password_hash, c.version AS password_version
           FROM users u JOIN credential c ON c.user_id = u.id WHERE u.id = $1"#,
        user.uuid(),
    );
    row.fetch_optional(db).await?.map(Credential::try_from).transpose()
}

/// Puts another hash in the place of that of a version; false where the user has another password meanwhile.
pub(crate) async fn replace(
    db: &mut PgConnection,
    _: Everything,
    user: UserId,
    version: u64,
    hash: &Hash,
    now: DateTime<Utc>,
) -> Result<bool> {
    let replaced = sqlx::query!(
        "UPDATE credential SET password_hash = $3, version = version + 1, set_at = $4 WHERE user_id = $1 AND version = $2",
        user.uuid(),
        i64::try_from(version).map_err(Error::internal)?,
        hash.expose(),
        now,
    )
    .execute(db)
    .await?;
    Ok(replaced.rows_affected() == 1)
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
