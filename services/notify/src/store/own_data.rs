//! What is stored about a user, as they take it away: nothing sealed, and no hash.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{DeliveryId, NotificationId, UserId, WebhookId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    attempts::{self, Listed},
    notifications::{self, Notification},
};

/// A mail.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) id: DeliveryId,
    pub(crate) state: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) settled_at: Option<DateTime<Utc>>,
    pub(crate) last_error: Option<String>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// A notification, in the list or not.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) notification: Notification,
    pub(crate) about: Uuid,
    pub(crate) listed: bool,
    pub(crate) mail: Option<Mail>,
}

/// A place in the order of a user's notifications.
pub(crate) type Place = (DateTime<Utc>, NotificationId);

/// A user's notifications behind a place, the newest first, with their mails.
pub(crate) async fn notifications(
    connection: &mut PgConnection,
    user: UserId,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query!(
        r#"SELECT n.notification_id, n.kind, n.about, n.task_id, n.subject, n.body, n.created_at, n.read_at, n.listed,
                  d.delivery_id AS "delivery_id?: DeliveryId", d.state AS "state?", d.created_at AS "written_at?",
                  d.settled_at AS "settled_at?", d.last_error AS "last_error?", d.expires_at AS "expires_at?"
           FROM notification n LEFT JOIN delivery d ON d.notification_id = n.notification_id
           WHERE n.user_id = $1 AND ($2::timestamptz IS NULL OR (n.created_at, n.notification_id) < ($2, $3::uuid))
           ORDER BY n.created_at DESC, n.notification_id DESC LIMIT $4"#,
        user.uuid(),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.uuid()),
        limit,
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let mail = match (row.delivery_id, row.state, row.written_at) {
            (Some(id), Some(state), Some(created_at)) => Some(Mail {
                id,
                state,
                created_at,
                settled_at: row.settled_at,
                last_error: row.last_error,
                expires_at: row.expires_at,
            }),
            _ => None,
        };
        let notification = notifications::Row {
            notification_id: row.notification_id,
            kind: row.kind,
            about: row.about,
            task_id: row.task_id,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at,
            read_at: row.read_at,
        };
        Ok(Stored { notification: notification.try_into()?, about: row.about, listed: row.listed, mail })
    });
    rows.collect()
}

/// The mails that others have asked for about a user, behind one, in the order of their ids.
pub(crate) async fn mails(
    connection: &mut PgConnection,
    user: UserId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Mail>> {
    let rows = sqlx::query_as!(
        Mail,
        r#"SELECT delivery_id AS "id: DeliveryId", state, created_at, settled_at, last_error, expires_at
           FROM delivery WHERE user_id = $1 AND delivery_id > $2 ORDER BY delivery_id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), DeliveryId::uuid),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A text message.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) id: DeliveryId,
    pub(crate) notification_id: Option<NotificationId>,
    pub(crate) state: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) settled_at: Option<DateTime<Utc>>,
    pub(crate) last_error: Option<String>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The text messages to a user behind one, in the order of their ids.
pub(crate) async fn texts(
    connection: &mut PgConnection,
    user: UserId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Text>> {
    let rows = sqlx::query_as!(
        Text,
        r#"SELECT delivery_id AS "id: DeliveryId", notification_id AS "notification_id: NotificationId", state,
                  created_at, settled_at, last_error, expires_at
           FROM text_delivery WHERE user_id = $1 AND delivery_id > $2 ORDER BY delivery_id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), DeliveryId::uuid),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What is known of a user's sign-ins.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) told_at: Option<DateTime<Utc>>,
}

/// What is known of a user's sign-ins, if anything.
pub(crate) async fn sign_in(connection: &mut PgConnection, user: UserId) -> Result<Vec<SignIn>> {
    let rows = sqlx::query_as!(SignIn, "SELECT told_at FROM sign_in WHERE user_id = $1", user.uuid());
    Ok(rows.fetch_all(connection).await?)
}

/// A place or a program that a user has signed in from.
#[derive(Debug)]
pub(crate) struct Origin {
    /// By which the rows are told apart; never shown.
    pub(crate) origin: Uuid,
    pub(crate) seen_at: DateTime<Utc>,
}

/// The places and programs that a user has signed in from, behind one, in the order of their hashes.
pub(crate) async fn origins(
    connection: &mut PgConnection,
    user: UserId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Origin>> {
    let rows = sqlx::query_as!(
        Origin,
        "SELECT origin, seen_at FROM sign_in_origin
         WHERE user_id = $1 AND ($2::uuid IS NULL OR origin > $2) ORDER BY origin LIMIT $3",
        user.uuid(),
        after,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A user's list in the application.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) version: i64,
}

/// How often a user's list has changed, if it has.
pub(crate) async fn inbox(connection: &mut PgConnection, user: UserId) -> Result<Vec<Inbox>> {
    let rows = sqlx::query_as!(Inbox, "SELECT version FROM inbox WHERE user_id = $1", user.uuid());
    Ok(rows.fetch_all(connection).await?)
}

/// A message to a webhook.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) webhook_id: WebhookId,
    pub(crate) notification_id: Option<NotificationId>,
    pub(crate) listed: Listed,
}

/// A place in the order of the messages to a user's webhooks.
pub(crate) type DeliveryPlace = (WebhookId, DateTime<Utc>, DeliveryId);

/// The messages to a user's webhooks behind a place, each webhook's by itself and in the order in which they were
/// written down, with their last attempts.
pub(crate) async fn deliveries(
    connection: &mut PgConnection,
    owner: UserId,
    after: Option<DeliveryPlace>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let start = (Uuid::nil(), DateTime::UNIX_EPOCH, Uuid::nil());
    let (webhook, at, id) = after.map_or(start, |(webhook, at, id)| (webhook.uuid(), at, id.uuid()));
    let rows = sqlx::query!(
        r#"SELECT d.webhook_id AS "webhook_id!: WebhookId", d.notification_id AS "notification_id: NotificationId",
                  d.delivery_id AS "delivery_id!", d.type AS "kind!", d.state AS "state!", d.created_at AS "created_at!",
                  d.due_at AS "due_at!", d.payload AS "payload!"
           FROM (SELECT webhook_id FROM webhook WHERE owner_id = $1 AND webhook_id >= $2 ORDER BY webhook_id) w
           CROSS JOIN LATERAL (
               SELECT * FROM webhook_delivery
               WHERE webhook_id = w.webhook_id AND (w.webhook_id > $2 OR (created_at, delivery_id) > ($3, $4))
               ORDER BY created_at, delivery_id LIMIT $5) d
           ORDER BY d.webhook_id, d.created_at, d.delivery_id LIMIT $5"#,
        owner.uuid(),
        webhook,
        at,
        id,
        limit,
    );
    let (mut heads, mut listed) = (Vec::new(), Vec::new());
    for row in rows.fetch_all(&mut *connection).await? {
        heads.push((row.webhook_id, row.notification_id));
        listed.push(attempts::Row {
            delivery_id: row.delivery_id,
            kind: row.kind,
            state: row.state,
            created_at: row.created_at,
            due_at: row.due_at,
            payload: row.payload,
        });
    }
    let listed = attempts::with_attempts(connection, listed).await?;
    let deliveries = heads.into_iter().zip(listed);
    let deliveries =
        deliveries.map(|((webhook_id, notification_id), listed)| Delivery { webhook_id, notification_id, listed });
    Ok(deliveries.collect())
}
