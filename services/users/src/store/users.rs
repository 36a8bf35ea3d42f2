//! The table `users`.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Everything, Reach};
use labelmesh_ids::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Beginnings, Confirmed, PersonName, Profile, Roles, User};

struct Row {
    id: Uuid,
    email: String,
    name: String,
    surname: String,
    roles: Vec<i16>,
    blocked_at: Option<DateTime<Utc>>,
    must_confirm: bool,
    confirmed_at: Option<DateTime<Utc>>,
    pending_email: Option<String>,
    version: i64,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for User {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let roles = Roles::parse(row.roles.into_iter().map(i32::from)).map_err(Error::internal)?;
        let profile = Profile {
            email: Email::stored(row.email),
            name: PersonName::stored(row.name),
            surname: PersonName::stored(row.surname),
            roles,
        };
        let version = u64::try_from(row.version).map_err(Error::internal)?;
        let Row { blocked_at, created_at, .. } = row;
        let confirmed = match (row.must_confirm, row.confirmed_at) {
            (_, Some(at)) => Confirmed::At(at),
            (true, None) => Confirmed::No,
            (false, None) => Confirmed::Assumed,
        };
        let pending = row.pending_email.map(Email::stored);
        Ok(Self { id: row.id.into(), profile, blocked_at, confirmed, pending, version, created_at })
    }
}

/// The user of this id as far as the caller may see.
pub(crate) async fn find(db: &mut PgConnection, id: UserId, reach: Reach) -> Result<Option<User>> {
    if reach == Reach::Public {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, name, surname, roles, blocked_at, must_confirm, confirmed_at,
                pending_email, version, created_at FROM users
         WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)",
        id.uuid(),
        reach.owner().map(UserId::uuid),
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

/// The users whom a filter fits, the newest first: ids count up with time. Those before `before`, at most `limit`. The
/// caller's transaction plans what it runs anew from here on.
pub(crate) async fn list(
    db: &mut PgConnection,
    _: Everything,
    filter: &Beginnings,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<User>> {
    // Only a plan that knows which filters are given can use their indexes.
    sqlx::query!("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)").fetch_one(&mut *db).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, email, name, surname, roles, blocked_at, must_confirm, confirmed_at,
                pending_email, version, created_at FROM users
           WHERE ($1 = '' OR email ^@ lower($1))
             AND ($2 = '' OR lower(name COLLATE "pg_c_utf8") COLLATE "C" ^@ lower($2 COLLATE "pg_c_utf8") COLLATE "C")
             AND ($3 = '' OR lower(surname COLLATE "pg_c_utf8") COLLATE "C" ^@ lower($3 COLLATE "pg_c_utf8") COLLATE "C")
             AND ($4::uuid IS NULL OR id < $4)
           ORDER BY id DESC LIMIT $5"#,
        filter.email,
        filter.name,
        filter.surname,
        before,
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(User::try_from).collect()
}

/// Inserts a user; false where the address belongs to another.
pub(crate) async fn insert(db: &mut PgConnection, user: &User) -> Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO users (id, email, name, surname, roles, version, created_at, must_confirm)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (email) DO NOTHING",
        user.id.uuid(),
        user.profile.email.as_str(),
        user.profile.name.as_str(),
        user.profile.surname.as_str(),
        &user.profile.roles.to_row(),
        i64::try_from(user.version).map_err(Error::internal)?,
        user.created_at,
        user.is_unconfirmed(),
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The user of this id as far as the caller may see, locked until the end of the transaction.
pub(crate) async fn lock(db: &mut PgConnection, id: UserId, reach: Reach) -> Result<Option<User>> {
    if reach == Reach::Public {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, name, surname, roles, blocked_at, must_confirm, confirmed_at,
                pending_email, version, created_at FROM users
         WHERE id = $1 AND ($2::uuid IS NULL OR id = $2) FOR NO KEY UPDATE",
        id.uuid(),
        reach.owner().map(UserId::uuid),
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

/// Writes what can be changed of a user.
///
/// # Errors
/// EMAIL_TAKEN.
pub(crate) async fn update(db: &mut PgConnection, user: &User) -> Result<()> {
    // Asked first: what violates a constraint PostgreSQL writes into its log, addresses too.
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE email = $2 AND id <> $1) AS "taken!""#,
        user.id.uuid(),
        user.profile.email.as_str(),
    );
    if taken.fetch_one(&mut *db).await? {
        return Err(email_taken());
    }
    let updated = sqlx::query!(
        "UPDATE users SET email = $2, name = $3, surname = $4, roles = $5, blocked_at = $6, version = $7,
             confirmed_at = $8, pending_email = $9 WHERE id = $1",
        user.id.uuid(),
        user.profile.email.as_str(),
        user.profile.name.as_str(),
        user.profile.surname.as_str(),
        &user.profile.roles.to_row(),
        user.blocked_at,
        i64::try_from(user.version).map_err(Error::internal)?,
        if let Confirmed::At(at) = user.confirmed { Some(at) } else { None },
        user.pending.as_ref().map(Email::as_str),
    )
    .execute(db)
    .await;
    match updated {
        Ok(_) => Ok(()),
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => Err(email_taken()),
        Err(error) => Err(error.into()),
    }
}

/// Whether an address belongs to a user.
pub(crate) async fn is_taken(db: &mut PgConnection, email: &Email) -> Result<bool> {
    let taken =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM users WHERE email = $1) AS "taken!""#, email.as_str());
    Ok(taken.fetch_one(db).await?)
}

/// The refusal of an address that belongs to a user.
pub(crate) fn email_taken() -> Error {
    Error::new(Reason::EmailTaken, "the e-mail address belongs to another user")
}

/// Whether anybody else administers who is not blocked.
pub(crate) async fn others_administer(db: &mut PgConnection, without: UserId) -> Result<bool> {
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM users WHERE roles @> '{3}' AND blocked_at IS NULL AND id <> $1) AS "exists!""#,
        without.uuid(),
    );
    Ok(exists.fetch_one(db).await?)
}

/// Whether anybody administers.
pub(crate) async fn administrator_exists(db: &mut PgConnection) -> Result<bool> {
    let exists = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM users WHERE roles @> '{3}') AS "exists!""#);
    Ok(exists.fetch_one(db).await?)
}

/// Lets one transaction at a time, until its end, look who administers and change that.
pub(crate) async fn lock_administrators(db: &mut PgConnection) -> Result<()> {
    // Any number that nothing else in this database locks.
    sqlx::query!("SELECT pg_advisory_xact_lock(7310000001)").execute(db).await?;
    Ok(())
}
