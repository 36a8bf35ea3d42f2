//! What is stored about a user, as they take it away: no hash, no digest and nothing sealed.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{DeliveryId, GroupId, InvitationId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::Invitation;

/// That a user has a password.
#[derive(Debug)]
pub(crate) struct Password {
    pub(crate) version: i64,
    pub(crate) set_at: DateTime<Utc>,
}

/// The password of a user, if there is one.
pub(crate) async fn password(db: &mut PgConnection, user: UserId) -> Result<Vec<Password>> {
    let rows = sqlx::query_as!(Password, "SELECT version, set_at FROM credential WHERE user_id = $1", user.uuid());
    Ok(rows.fetch_all(db).await?)
}

/// What was mailed to be confirmed.
#[derive(Debug)]
pub(crate) struct Confirmation {
    pub(crate) id: DeliveryId,
    pub(crate) email: String,
    pub(crate) told_email: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What was mailed to a user to be confirmed: the newest, if anything.
pub(crate) async fn confirmation(db: &mut PgConnection, user: UserId) -> Result<Vec<Confirmation>> {
    let rows = sqlx::query_as!(
        Confirmation,
        r#"SELECT id AS "id: DeliveryId", email, told_email, created_at, expires_at
           FROM confirmation WHERE user_id = $1"#,
        user.uuid()
    );
    Ok(rows.fetch_all(db).await?)
}

/// A group, deleted or not.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) name: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
}

/// A user's groups behind one, in the order of their ids.
pub(crate) async fn groups(
    db: &mut PgConnection,
    owner: UserId,
    after: Option<GroupId>,
    limit: i64,
) -> Result<Vec<Group>> {
    let rows = sqlx::query_as!(
        Group,
        r#"SELECT id AS "id: GroupId", name, created_at, deleted_at FROM operator_group
           WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3"#,
        owner.uuid(),
        after.map_or(Uuid::nil(), GroupId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// The invitations to a user's groups behind one, in the order of groups and ids.
pub(crate) async fn invitations(
    db: &mut PgConnection,
    owner: UserId,
    after: Option<(GroupId, InvitationId)>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let (group, id) = after.map_or((Uuid::nil(), Uuid::nil()), |(group, id)| (group.uuid(), id.uuid()));
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: InvitationId", i.group_id AS "group_id!: GroupId", i.email,
                  i.uses_left AS "uses_left!", i.expires_at AS "expires_at!"
           FROM (SELECT id FROM operator_group WHERE owner_id = $1 AND id >= $2 ORDER BY id) g
           CROSS JOIN LATERAL (
               SELECT id, group_id, email, uses_left, expires_at FROM group_invitation
               WHERE group_id = g.id AND (g.id > $2 OR id > $3) ORDER BY id LIMIT $4) i
           ORDER BY i.group_id, i.id LIMIT $4"#,
        owner.uuid(),
        group,
        id,
        limit
    );
    let invitations = rows.fetch_all(db).await?.into_iter().map(|row| Invitation {
        id: row.id,
        group: row.group_id,
        email: row.email,
        uses_left: row.uses_left.unsigned_abs(),
        expires_at: row.expires_at,
    });
    Ok(invitations.collect())
}

/// An invitation to a user's address.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) id: InvitationId,
    pub(crate) group_id: GroupId,
    pub(crate) told: bool,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The invitations to a user's address behind one, in the order of their ids; none while the address is not confirmed,
/// for it may be somebody else's.
pub(crate) async fn received(
    db: &mut PgConnection,
    user: UserId,
    after: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Received>> {
    let rows = sqlx::query_as!(
        Received,
        r#"SELECT i.id AS "id: InvitationId", i.group_id AS "group_id: GroupId", i.told, i.expires_at
           FROM group_invitation i JOIN users u ON u.email = i.email
           WHERE u.id = $1 AND (NOT u.must_confirm OR u.confirmed_at IS NOT NULL) AND i.id > $2
           ORDER BY i.id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), InvitationId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// What a user is, or was, to a group.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) group_id: GroupId,
    pub(crate) state: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) invited_as: String,
}

/// What a user is to groups behind one, in the order of their ids.
pub(crate) async fn memberships(
    db: &mut PgConnection,
    user: UserId,
    after: Option<GroupId>,
    limit: i64,
) -> Result<Vec<Membership>> {
    let rows = sqlx::query_as!(
        Membership,
        r#"SELECT group_id AS "group_id: GroupId", state, since, invited_as FROM group_member
           WHERE user_id = $1 AND group_id > $2 ORDER BY group_id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), GroupId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}
