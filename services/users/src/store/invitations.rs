//! The table `group_invitation`.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::Result;
use labelmesh_ids::{GroupId, InvitationId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::groups::OwnGroup;
use crate::domain::{Invitation, Received};

struct Row {
    id: InvitationId,
    group_id: GroupId,
    email: Option<String>,
    uses_left: i32,
    expires_at: DateTime<Utc>,
}

impl From<Row> for Invitation {
    fn from(row: Row) -> Self {
        let Row { id, group_id, email, uses_left, expires_at } = row;
        Self { id, group: group_id, email, uses_left: uses_left.unsigned_abs(), expires_at }
    }
}

/// Removes what is out of date of a locked group, and says how many invitations are left.
pub(crate) async fn count(db: &mut PgConnection, group: &OwnGroup, now: DateTime<Utc>) -> Result<u64> {
    let id = group.id().uuid();
    sqlx::query!("DELETE FROM group_invitation WHERE group_id = $1 AND expires_at <= $2", id, now)
        .execute(&mut *db)
        .await?;
    let left = sqlx::query_scalar!(r#"SELECT count(*) AS "left!" FROM group_invitation WHERE group_id = $1"#, id);
    Ok(left.fetch_one(db).await?.unsigned_abs())
}

/// Whether an address is invited to a group.
pub(crate) async fn is_invited(db: &mut PgConnection, group: &OwnGroup, email: &Email) -> Result<bool> {
    let invited = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM group_invitation WHERE email = $1 AND group_id = $2) AS "invited!""#,
        email.as_str(),
        group.id().uuid()
    );
    Ok(invited.fetch_one(db).await?)
}

/// Invites an address, until a time; one that is invited already is invited until then.
pub(crate) async fn invite(
    db: &mut PgConnection,
    group: &OwnGroup,
    id: InvitationId,
    email: &Email,
    until: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO group_invitation (id, group_id, email, uses_left, expires_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (email, group_id) WHERE email IS NOT NULL DO UPDATE SET expires_at = excluded.expires_at",
        id.uuid(),
        group.id().uuid(),
        email.as_str(),
        until
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An invitation to an address that somebody has, who is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) id: InvitationId,
    pub(crate) group: GroupId,
    pub(crate) group_name: String,
    pub(crate) user: UserId,
}

/// Takes at most `limit` invitations whose addresses somebody has, confirmed, who was not told yet, and takes them for
/// told.
pub(crate) async fn take_untold(db: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<Vec<Untold>> {
    let untold = sqlx::query_as!(
        Untold,
        r#"WITH untold AS (
             SELECT i.id, u.id AS user_id, g.name FROM group_invitation i
             JOIN users u ON u.email = i.email JOIN operator_group g ON g.id = i.group_id
             WHERE i.email IS NOT NULL AND NOT i.told AND i.expires_at > $1 AND g.deleted_at IS NULL
               AND (NOT u.must_confirm OR u.confirmed_at IS NOT NULL)
             LIMIT $2 FOR UPDATE OF i SKIP LOCKED)
           UPDATE group_invitation i SET told = true FROM untold WHERE i.id = untold.id
           RETURNING i.id AS "id: InvitationId", i.group_id AS "group: GroupId", untold.name AS group_name,
                     untold.user_id AS "user: UserId""#,
        now,
        limit,
    );
    Ok(untold.fetch_all(db).await?)
}

/// Keeps the digest of a new code.
pub(crate) async fn insert_code(db: &mut PgConnection, invitation: &Invitation, digest: &[u8; 32]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO group_invitation (id, group_id, code_hash, uses_left, expires_at) VALUES ($1, $2, $3, $4, $5)",
        invitation.id.uuid(),
        invitation.group.uuid(),
        &digest[..],
        invitation.uses_left.cast_signed(),
        invitation.expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The invitations to a group that can be accepted, the newest first, those before `before`.
pub(crate) async fn list(
    db: &mut PgConnection,
    group: &OwnGroup,
    before: Option<Uuid>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: InvitationId", group_id AS "group_id: GroupId", email, uses_left, expires_at
           FROM group_invitation
           WHERE group_id = $1 AND expires_at > $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"#,
        group.id().uuid(),
        now,
        before,
        limit
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Invitation::from).collect())
}

/// Withdraws an invitation to a group; says whether there was such a one.
pub(crate) async fn revoke(db: &mut PgConnection, group: &OwnGroup, id: InvitationId) -> Result<bool> {
    let group = group.id().uuid();
    let revoked = sqlx::query!("DELETE FROM group_invitation WHERE id = $1 AND group_id = $2", id.uuid(), group);
    Ok(revoked.execute(db).await?.rows_affected() > 0)
}

/// The invitation that a code stands for, if it can be accepted.
pub(crate) async fn by_code(
    db: &mut PgConnection,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Invitation>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: InvitationId", group_id AS "group_id: GroupId", email, uses_left, expires_at
           FROM group_invitation WHERE code_hash = $1 AND expires_at > $2"#,
        &digest[..],
        now
    );
    Ok(row.fetch_optional(db).await?.map(Invitation::from))
}

/// The invitation of this id, if it is to a user's present address and can be accepted.
pub(crate) async fn to_user(
    db: &mut PgConnection,
    id: InvitationId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Option<Invitation>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT i.id AS "id: InvitationId", i.group_id AS "group_id: GroupId", i.email, i.uses_left, i.expires_at
           FROM group_invitation i JOIN users u ON u.email = i.email
           WHERE i.id = $1 AND u.id = $2 AND i.expires_at > $3"#,
        id.uuid(),
        user.uuid(),
        now
    );
    Ok(row.fetch_optional(db).await?.map(Invitation::from))
}

/// The invitations to a user's present address, the newest first.
pub(crate) async fn received(
    db: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Received>> {
    let received = sqlx::query_as!(
        Received,
        r#"SELECT i.id AS "id: InvitationId", g.name AS group_name, i.expires_at
           FROM group_invitation i JOIN users u ON u.email = i.email JOIN operator_group g ON g.id = i.group_id
           WHERE u.id = $1 AND i.expires_at > $2 AND g.deleted_at IS NULL ORDER BY i.id DESC LIMIT $3"#,
        user.uuid(),
        now,
        limit
    );
    Ok(received.fetch_all(db).await?)
}

/// Takes one use from an invitation of a locked group; says whether there was one.
pub(crate) async fn spend(db: &mut PgConnection, id: InvitationId) -> Result<bool> {
    let last = sqlx::query!("DELETE FROM group_invitation WHERE id = $1 AND uses_left = 1", id.uuid());
    if last.execute(&mut *db).await?.rows_affected() > 0 {
        return Ok(true);
    }
    let spent = sqlx::query!("UPDATE group_invitation SET uses_left = uses_left - 1 WHERE id = $1", id.uuid());
    Ok(spent.execute(db).await?.rows_affected() > 0)
}
