//! The tables `inbox`, `muted` and `texted`, and what was read of `notification`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{NotificationId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Channel, Preference, Wishes};

/// Which notifications were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// This one.
    One(NotificationId),
    /// This one and all before it.
    UpTo(NotificationId),
}

/// Notes that the lists of users changed.
pub(crate) async fn change(connection: &mut PgConnection, users: &[UserId]) -> Result<()> {
    let mut users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
    // In one order, so that no two wait for each other.
    users.sort_unstable();
    users.dedup();
    sqlx::query!(
        "INSERT INTO inbox (user_id, version) SELECT user_id, 1 FROM unnest($1::uuid[]) AS changed (user_id)
         ON CONFLICT (user_id) DO UPDATE SET version = inbox.version + 1",
        &users,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How often a user's list changed.
pub(crate) async fn version(connection: &mut PgConnection, user_id: UserId) -> Result<u64> {
    let version = sqlx::query_scalar!("SELECT version FROM inbox WHERE user_id = $1", user_id.uuid());
    let version = version.fetch_optional(connection).await?.unwrap_or_default();
    u64::try_from(version).map_err(Error::internal)
}

/// How many notifications of a user are unread.
pub(crate) async fn unread(connection: &mut PgConnection, user_id: UserId) -> Result<u64> {
    let unread = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM notification WHERE user_id = $1 AND read_at IS NULL AND listed"#,
        user_id.uuid(),
    );
    u64::try_from(unread.fetch_one(connection).await?).map_err(Error::internal)
}

/// Marks notifications of a user as read; says whether any was not.
///
/// # Errors
/// NOT_FOUND where the user has no such notification.
pub(crate) async fn mark(
    connection: &mut PgConnection,
    user_id: UserId,
    which: Which,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (Which::One(id) | Which::UpTo(id)) = which;
    let place = sqlx::query_scalar!(
        "SELECT created_at FROM notification WHERE user_id = $1 AND notification_id = $2",
        user_id.uuid(),
        id.uuid(),
    );
    let created_at = place.fetch_optional(&mut *connection).await?.ok_or_else(|| Error::not_found("notification"))?;
    let marked = sqlx::query!(
        "UPDATE notification SET read_at = $5
         WHERE user_id = $1 AND read_at IS NULL
           AND (notification_id = $2 OR ($3 AND (created_at, notification_id) <= ($4, $2)))",
        user_id.uuid(),
        id.uuid(),
        matches!(which, Which::UpTo(_)),
        created_at,
        now,
    );
    Ok(marked.execute(connection).await?.rows_affected() > 0)
}

/// What a user wishes to be told otherwise than it is by itself.
pub(crate) async fn wishes(connection: &mut PgConnection, user_id: UserId) -> Result<Wishes> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind!", channel AS "channel!" FROM muted WHERE user_id = $1
           UNION ALL SELECT kind, $2 FROM texted WHERE user_id = $1"#,
        user_id.uuid(),
        Channel::Text.name(),
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| (row.kind, row.channel));
    Ok(Wishes::stored(&rows.collect::<Vec<_>>()))
}

/// Changes what a user is told of.
pub(crate) async fn prefer(connection: &mut PgConnection, user_id: UserId, preferences: &[Preference]) -> Result<()> {
    for Preference { kind, channel, enabled } in preferences {
        if *channel == Channel::Text {
            prefer_texts(connection, user_id, kind.name(), *enabled).await?;
        } else if *enabled {
            sqlx::query!(
                "DELETE FROM muted WHERE user_id = $1 AND kind = $2 AND channel = $3",
                user_id.uuid(),
                kind.name(),
                channel.name(),
            )
            .execute(&mut *connection)
            .await?;
        } else {
            sqlx::query!(
                "INSERT INTO muted (user_id, kind, channel) VALUES ($1, $2, $3)
                 ON CONFLICT (user_id, kind, channel) DO NOTHING",
                user_id.uuid(),
                kind.name(),
                channel.name(),
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

async fn prefer_texts(connection: &mut PgConnection, user_id: UserId, kind: &str, enabled: bool) -> Result<()> {
    let user_id = user_id.uuid();
    let changed = if enabled {
        sqlx::query!("INSERT INTO texted (user_id, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING", user_id, kind)
    } else {
        sqlx::query!("DELETE FROM texted WHERE user_id = $1 AND kind = $2", user_id, kind)
    };
    changed.execute(connection).await?;
    Ok(())
}
