//! The table `notification`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{NotificationId, TaskId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use crate::domain::{Kind, Letter, Notice};

/// A notification as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) notification_id: NotificationId,
    pub(crate) kind: Kind,
    pub(crate) task_id: Option<TaskId>,
    /// One line.
    pub(crate) subject: String,
    /// Plain text whose lines end with `\n`.
    pub(crate) body: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) read_at: Option<DateTime<Utc>>,
}

/// Where a page ended: the time and the id of its last notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position(DateTime<Utc>, Uuid);

impl Notification {
    /// Its place in a list.
    pub(crate) fn position(&self) -> Position {
        Position(self.created_at, self.notification_id.uuid())
    }
}

/// Inserts a notification, to be `listed` or only told by other ways; false where the same notice was recorded before.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    notification_id: NotificationId,
    notice: &Notice,
    letter: &Letter,
    listed: bool,
) -> Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO notification (notification_id, user_id, kind, about, subject, body, created_at, task_id, listed,
                                   letter)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (kind, about) DO NOTHING",
        notification_id.uuid(),
        notice.user_id().uuid(),
        notice.kind().name(),
        notice.about(),
        letter.subject,
        letter.body(),
        notice.at(),
        notice.task_id().map(TaskId::uuid),
        listed,
        Json(letter) as _,
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Notifications within reach after a position, the newest first.
pub(crate) async fn list(
    pool: &PgPool,
    reach: Reach,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Notification>> {
    if reach == Reach::Public {
        // Nobody has signed in, and nobody has no notifications.
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        "SELECT notification_id, kind, about, task_id, subject, body, created_at, read_at
         FROM notification
         WHERE ($1::uuid IS NULL OR user_id = $1) AND listed
           AND ($2::timestamptz IS NULL OR (created_at, notification_id) < ($2, $3::uuid))
         ORDER BY created_at DESC, notification_id DESC
         LIMIT $4",
        reach.owner().map(UserId::uuid),
        after.map(|position| position.0),
        after.map(|position| position.1),
        limit,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Notification::try_from).collect()
}

/// A notification as the table has it.
pub(super) struct Row {
    pub(super) notification_id: Uuid,
    pub(super) kind: String,
    pub(super) about: Uuid,
    pub(super) task_id: Option<Uuid>,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) read_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Notification {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let kind = Kind::from_name(&row.kind).ok_or_else(|| Error::internal(format!("kind {} in a row", row.kind)))?;
        let task_id = match kind {
            Kind::LoggedIn
            | Kind::WebhookPaused
            | Kind::GroupInvited
            | Kind::PasswordChanged
            | Kind::SecondFactorChanged => None,
            // The release before wrote `about` alone.
            Kind::TaskCompleted => Some(row.task_id.unwrap_or(row.about).into()),
            Kind::OperatorPaused | Kind::TaskStarved => row.task_id.map(TaskId::from),
        };
        Ok(Self {
            notification_id: row.notification_id.into(),
            kind,
            task_id,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at,
            read_at: row.read_at,
        })
    }
}
