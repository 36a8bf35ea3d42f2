//! The tables `operator_group` and `group_member`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Changed, Group, GroupName, Member, Membership};

struct Row {
    id: GroupId,
    owner_id: UserId,
    name: String,
    created_at: DateTime<Utc>,
    members: i64,
}

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        let Row { id, owner_id, name, created_at, members } = row;
        Self { id, owner: owner_id, name: GroupName::stored(name), members: members.unsigned_abs(), created_at }
    }
}

/// A group that a caller's permission reaches. Only this module makes one: what takes it can't be done with a
/// stranger's.
#[derive(Debug, Clone)]
pub(crate) struct OwnGroup(Group);

impl OwnGroup {
    pub(crate) fn id(&self) -> GroupId {
        self.0.id
    }

    pub(crate) fn owner(&self) -> UserId {
        self.0.owner
    }

    pub(crate) fn members(&self) -> u64 {
        self.0.members
    }

    pub(crate) fn into_group(self) -> Group {
        self.0
    }
}

/// The group of this id, as far as a caller's permission reaches.
///
/// # Errors
/// NOT_FOUND where there is none, or it is not the caller's.
pub(crate) async fn within(db: &mut PgConnection, reach: Reach, id: GroupId) -> Result<OwnGroup> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: GroupId", owner_id AS "owner_id: UserId", name, created_at,
                  (SELECT count(*) FROM group_member WHERE group_id = g.id AND state = 'member') AS "members!"
           FROM operator_group g WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid()
    );
    let row = row.fetch_optional(db).await?.filter(|row| reach.covers(row.owner_id));
    row.map(|row| OwnGroup(row.into())).ok_or_else(|| Error::not_found("group"))
}

/// The same, locked until the end of the transaction: nobody else changes who is in it.
///
/// # Errors
/// NOT_FOUND as [`within`].
pub(crate) async fn lock(db: &mut PgConnection, reach: Reach, id: GroupId) -> Result<OwnGroup> {
    // Strangers must not be able to make others wait.
    within(db, reach, id).await?;
    hold(db, id).await?;
    within(db, reach, id).await
}

/// Locks a group, whoever owns it.
pub(crate) async fn hold(db: &mut PgConnection, id: GroupId) -> Result<()> {
    sqlx::query!("SELECT FROM operator_group WHERE id = $1 FOR NO KEY UPDATE", id.uuid()).execute(db).await?;
    Ok(())
}

/// Groups within reach, the newest first, those before `before`.
pub(crate) async fn list(db: &mut PgConnection, reach: Reach, before: Option<Uuid>, limit: i64) -> Result<Vec<Group>> {
    if reach == Reach::Public {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: GroupId", owner_id AS "owner_id: UserId", name, created_at,
                  (SELECT count(*) FROM group_member WHERE group_id = g.id AND state = 'member') AS "members!"
           FROM operator_group g
           WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR owner_id = $1) AND ($2::uuid IS NULL OR id < $2)
           ORDER BY id DESC LIMIT $3"#,
        reach.owner().map(UserId::uuid),
        before,
        limit
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Group::from).collect())
}

/// Lets an owner make one group at a time, and says how many there are.
pub(crate) async fn count_of(db: &mut PgConnection, owner: UserId) -> Result<u64> {
    sqlx::query!("SELECT pg_advisory_xact_lock(731000002, hashtext($1))", owner.to_string()).execute(&mut *db).await?;
    let groups = sqlx::query_scalar!(
        r#"SELECT count(*) AS "groups!" FROM operator_group WHERE owner_id = $1 AND deleted_at IS NULL"#,
        owner.uuid()
    );
    Ok(groups.fetch_one(db).await?.unsigned_abs())
}

/// Writes a new group.
pub(crate) async fn insert(db: &mut PgConnection, group: &Group) -> Result<()> {
    sqlx::query!(
        "INSERT INTO operator_group (id, owner_id, name, created_at) VALUES ($1, $2, $3, $4)",
        group.id.uuid(),
        group.owner.uuid(),
        group.name.as_str(),
        group.created_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives a group another name.
pub(crate) async fn rename(db: &mut PgConnection, group: &OwnGroup, name: &GroupName) -> Result<()> {
    sqlx::query!("UPDATE operator_group SET name = $2 WHERE id = $1", group.id().uuid(), name.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes a locked group with its invitations, and answers with the memberships that end by it.
pub(crate) async fn delete(db: &mut PgConnection, group: &OwnGroup, now: DateTime<Utc>) -> Result<Vec<Changed>> {
    let id = group.id().uuid();
    sqlx::query!("DELETE FROM group_invitation WHERE group_id = $1", id).execute(&mut *db).await?;
    sqlx::query!("UPDATE operator_group SET deleted_at = $2, name = '' WHERE id = $1", id, now)
        .execute(&mut *db)
        .await?;
    let ended = sqlx::query!(
        r#"UPDATE group_member SET state = 'removed', version = version + 1, since = $2, invited_as = ''
           WHERE group_id = $1 AND state = 'member' RETURNING user_id AS "user_id: UserId", version"#,
        id,
        now
    );
    let ended = ended.fetch_all(db).await?.into_iter().map(|row| Changed {
        group: group.id(),
        owner: group.owner(),
        user: row.user_id,
        version: row.version.unsigned_abs(),
        member: false,
    });
    Ok(ended.collect())
}

/// What somebody is to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing, and never was.
    Unknown,
    Member,
    Left,
    Removed,
}

/// What somebody is to a locked group.
pub(crate) async fn state_of(db: &mut PgConnection, group: GroupId, user: UserId) -> Result<State> {
    let state = sqlx::query_scalar!(
        "SELECT state FROM group_member WHERE group_id = $1 AND user_id = $2",
        group.uuid(),
        user.uuid()
    );
    Ok(match state.fetch_optional(db).await?.as_deref() {
        None => State::Unknown,
        Some("member") => State::Member,
        Some("left") => State::Left,
        Some(_) => State::Removed,
    })
}

/// Lets a user join one group at a time, and says of how many they are a member.
pub(crate) async fn memberships(db: &mut PgConnection, user: UserId) -> Result<u64> {
    sqlx::query!("SELECT pg_advisory_xact_lock(731000003, hashtext($1))", user.to_string()).execute(&mut *db).await?;
    let groups = sqlx::query_scalar!(
        r#"SELECT count(*) AS "groups!" FROM group_member WHERE user_id = $1 AND state = 'member'"#,
        user.uuid()
    );
    Ok(groups.fetch_one(db).await?.unsigned_abs())
}

/// Makes somebody a member of a locked group.
pub(crate) async fn join(
    db: &mut PgConnection,
    group: &OwnGroup,
    user: UserId,
    invited_as: &str,
    now: DateTime<Utc>,
) -> Result<Changed> {
    let version = sqlx::query_scalar!(
        "INSERT INTO group_member AS m (group_id, user_id, state, version, invited_as, since)
         VALUES ($1, $2, 'member', 1, $3, $4)
         ON CONFLICT (group_id, user_id) DO UPDATE
         SET state = 'member', version = m.version + 1, invited_as = excluded.invited_as, since = excluded.since
         RETURNING version",
        group.id().uuid(),
        user.uuid(),
        invited_as,
        now
    );
    let version = version.fetch_one(db).await?.unsigned_abs();
    Ok(Changed { group: group.id(), owner: group.owner(), user, version, member: true })
}

/// Ends a membership of a locked group, if there is one.
pub(crate) async fn end(
    db: &mut PgConnection,
    group: &OwnGroup,
    user: UserId,
    removed: bool,
    now: DateTime<Utc>,
) -> Result<Option<Changed>> {
    let version = sqlx::query_scalar!(
        "UPDATE group_member
         SET state = CASE WHEN $3 THEN 'removed' ELSE 'left' END, version = version + 1, since = $4, invited_as = ''
         WHERE group_id = $1 AND user_id = $2 AND state = 'member' RETURNING version",
        group.id().uuid(),
        user.uuid(),
        removed,
        now
    );
    let version = version.fetch_optional(db).await?;
    Ok(version.map(|version| Changed {
        group: group.id(),
        owner: group.owner(),
        user,
        version: version.unsigned_abs(),
        member: false,
    }))
}

/// The members of a group behind a user.
pub(crate) async fn members(
    db: &mut PgConnection,
    group: &OwnGroup,
    behind: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Member>> {
    let members = sqlx::query_as!(
        Member,
        r#"SELECT m.user_id AS "user_id: UserId", coalesce(u.name, '') AS "name!", coalesce(u.surname, '') AS "surname!",
                  m.invited_as, m.since
           FROM group_member m LEFT JOIN users u ON u.id = m.user_id
           WHERE m.group_id = $1 AND m.state = 'member' AND ($2::uuid IS NULL OR m.user_id > $2)
           ORDER BY m.user_id LIMIT $3"#,
        group.id().uuid(),
        behind,
        limit
    );
    Ok(members.fetch_all(db).await?)
}

/// The groups of which a user is a member.
pub(crate) async fn of_user(db: &mut PgConnection, user: UserId) -> Result<Vec<Membership>> {
    let memberships = sqlx::query_as!(
        Membership,
        r#"SELECT g.id AS "group: GroupId", g.name, m.since FROM group_member m JOIN operator_group g ON g.id = m.group_id
           WHERE m.user_id = $1 AND m.state = 'member' AND g.deleted_at IS NULL ORDER BY g.id"#,
        user.uuid()
    );
    Ok(memberships.fetch_all(db).await?)
}

/// Whether there is such a user.
pub(crate) async fn user_exists(db: &mut PgConnection, user: UserId) -> Result<bool> {
    let exists = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM users WHERE id = $1) AS "exists!""#, user.uuid());
    Ok(exists.fetch_one(db).await?)
}
