//! The table `deleted_user`, and what goes with users who are deleted.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, UserId};
use labelmesh_pg::requests;
use sqlx::PgConnection;

use crate::domain::User;

/// Makes who makes a group of this user's at this moment, or them a member of one, wait for the end of the transaction.
/// Whoever comes later finds that the user is deleted ([`check`]). Nothing else may be locked before.
pub(crate) async fn lock(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(731000002, hashtext($1)), pg_advisory_xact_lock(731000003, hashtext($1))",
        user.to_string()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Says that a user is not deleted; under one of the locks that [`lock`] takes it stays so.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn check(db: &mut PgConnection, user: UserId) -> Result<()> {
    if is_deleted(db, user, Reach::All).await? { Err(Error::not_found("user")) } else { Ok(()) }
}

/// Whether a user within reach was deleted.
pub(crate) async fn is_deleted(db: &mut PgConnection, user: UserId, reach: Reach) -> Result<bool> {
    let deleted = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM deleted_user WHERE user_id = $1) AS "deleted!""#,
        user.uuid()
    );
    Ok(deleted.fetch_one(db).await? && reach.covers(user))
}

/// Deletes a locked user with the invitations to their address, and notes that they were.
pub(crate) async fn delete(db: &mut PgConnection, user: &User, version: u64, now: DateTime<Utc>) -> Result<()> {
    let id = user.id.uuid();
    sqlx::query!("DELETE FROM group_invitation WHERE email = $1", user.profile.email.as_str())
        .execute(&mut *db)
        .await?;
    sqlx::query!("DELETE FROM credential WHERE user_id = $1", id).execute(&mut *db).await?;
    sqlx::query!("DELETE FROM users WHERE id = $1", id).execute(&mut *db).await?;
    sqlx::query!(
        "INSERT INTO deleted_user (user_id, version, deleted_at) VALUES ($1, $2, $3)",
        id,
        i64::try_from(version).map_err(Error::internal)?,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Any deleted user of whom something is left and on whom nobody works, after `after` where there is one; locked.
pub(crate) async fn take(db: &mut PgConnection, after: Option<UserId>) -> Result<Option<UserId>> {
    let user = sqlx::query_scalar!(
        r#"SELECT user_id AS "user_id: UserId" FROM deleted_user WHERE NOT removed
           ORDER BY user_id > $1 DESC, user_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"#,
        after.map(UserId::uuid).unwrap_or_default(),
    );
    Ok(user.fetch_optional(db).await?)
}

/// What a deleted user has left that others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// A group of theirs.
    Group(GroupId),
    /// A group of somebody's that they are a member of.
    Membership(GroupId),
}

/// Something that a deleted user has left, if there is anything.
pub(crate) async fn left(db: &mut PgConnection, user: UserId) -> Result<Option<Left>> {
    let group = sqlx::query_scalar!(
        r#"SELECT id AS "id: GroupId" FROM operator_group
           WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1"#,
        user.uuid()
    );
    if let Some(group) = group.fetch_optional(&mut *db).await? {
        return Ok(Some(Left::Group(group)));
    }
    let group = sqlx::query_scalar!(
        r#"SELECT group_id AS "group_id: GroupId" FROM group_member
           WHERE user_id = $1 AND state = 'member' ORDER BY group_id LIMIT 1"#,
        user.uuid()
    );
    Ok(group.fetch_optional(db).await?.map(Left::Membership))
}

/// Notes that nothing of a deleted user is left, once what they asked for is forgotten too.
pub(crate) async fn finish(db: &mut PgConnection, user: UserId) -> Result<()> {
    requests::forget(db, &[&user.to_string(), &format!("user:{user}")], user.uuid()).await?;
    sqlx::query!("UPDATE deleted_user SET removed = true WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}
