//! The queue of the table `webhook_delivery`: messages on their way to webhooks.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId, UserId, WebhookId};
use labelmesh_pg::run_tx;
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use super::webhooks::Sealed;
use crate::domain::{Kind, Message};

/// A message that is ours to post for a while.
#[derive(Debug, Clone)]
pub(crate) struct Posting {
    pub(crate) delivery_id: DeliveryId,
    /// The number of this claim: an older claim can end nothing.
    pub(crate) number: i32,
    /// How many attempts failed before.
    pub(crate) failures: u32,
    pub(crate) payload: String,
    pub(crate) wanted_at: DateTime<Utc>,
    /// The trace in which it was asked for.
    pub(crate) trace: Trace,
    pub(crate) target: Target,
}

/// Where it is posted.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) webhook_id: WebhookId,
    pub(crate) owner_id: UserId,
    pub(crate) url: String,
    pub(crate) secret: Sealed,
    pub(crate) old_secret: Option<(Sealed, DateTime<Utc>)>,
    /// How many attempts in a row have shown that the endpoint is ill.
    pub(crate) failures: u32,
    /// Whether the last attempt failed.
    pub(crate) failing: bool,
}

/// How many messages may be on their way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// To this many webhooks more.
    pub(crate) webhooks: i64,
    /// To one webhook, from all replicas; to one that is ill, one.
    pub(crate) per_webhook: i32,
}

/// Writes down a message for each enabled webhook of a user that is told of this kind; returns how many there are.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    ids: impl Fn() -> DeliveryId,
    owner_id: UserId,
    (kind, notification_id): (Kind, NotificationId),
    (message, trace): (&Message, &Trace),
    now: DateTime<Utc>,
) -> Result<usize> {
    // Whoever changes a webhook waits, so that none that was disabled gets a message afterwards.
    let webhooks = sqlx::query_scalar!(
        "SELECT webhook_id FROM webhook
         WHERE owner_id = $1 AND state = 'enabled' AND (kinds = '{}' OR $2 = ANY(kinds))
         ORDER BY webhook_id
         FOR SHARE",
        owner_id.uuid(),
        kind.name(),
    )
    .fetch_all(&mut *connection)
    .await?;
    for webhook_id in &webhooks {
        insert_one(connection, ids(), ((*webhook_id).into(), Some(notification_id)), (message, trace), now).await?;
    }
    Ok(webhooks.len())
}

/// Writes down a message for one webhook.
pub(crate) async fn insert_one(
    connection: &mut PgConnection,
    delivery_id: DeliveryId,
    (webhook_id, notification_id): (WebhookId, Option<NotificationId>),
    (message, trace): (&Message, &Trace),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO webhook_delivery
           (delivery_id, webhook_id, notification_id, type, payload, state, due_at, created_at, wanted_at, trace)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6, $6, $7)",
        delivery_id.uuid(),
        webhook_id.uuid(),
        notification_id.map(NotificationId::uuid),
        message.kind,
        message.payload,
        now,
        Json(trace) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Claims messages that are due until a time: each webhook has its own queue and its own bound, and those that waited
/// longest come first. Webhooks whose messages others claim at this moment are passed over.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn claim(pool: &PgPool, now: DateTime<Utc>, until: DateTime<Utc>, room: Room) -> Result<Vec<Posting>> {
    run_tx(pool, "claim_postings", |tx| {
        Box::pin(async move {
            let targets = lock_targets(tx, now, room).await?;
            if targets.is_empty() {
                return Ok(Vec::new());
            }
            // A statement of its own: what others claimed before our locks is seen.
            claim_messages(tx, targets, now, until, room).await
        })
    })
    .await
}

async fn lock_targets(connection: &mut PgConnection, now: DateTime<Utc>, room: Room) -> Result<Vec<Target>> {
    let rows = sqlx::query!(
        "SELECT webhook_id, owner_id, url, secret, old_secret, old_secret_until, failures, failing_since
         FROM webhook
         CROSS JOIN LATERAL (
           SELECT min(due_at) AS due_at FROM webhook_delivery
           WHERE webhook_delivery.webhook_id = webhook.webhook_id AND webhook_delivery.state = 'pending'
         ) AS first
         WHERE webhook.state = 'enabled' AND rests_until <= $1 AND first.due_at <= $1
           AND (SELECT count(*) FROM webhook_delivery AS claimed
                WHERE claimed.webhook_id = webhook.webhook_id AND claimed.state = 'pending'
                  AND claimed.claimed_until > $1) < CASE WHEN failures > 0 THEN 1 ELSE $3 END
         ORDER BY first.due_at
         LIMIT $2
         FOR NO KEY UPDATE OF webhook SKIP LOCKED",
        now,
        room.webhooks,
        room.per_webhook,
    )
    .fetch_all(connection)
    .await?;
    let targets = rows.into_iter().map(|row| Target {
        webhook_id: row.webhook_id.into(),
        owner_id: row.owner_id.into(),
        url: row.url,
        secret: row.secret,
        old_secret: row.old_secret.zip(row.old_secret_until),
        failures: row.failures.unsigned_abs(),
        failing: row.failing_since.is_some(),
    });
    Ok(targets.collect())
}

async fn claim_messages(
    connection: &mut PgConnection,
    targets: Vec<Target>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    room: Room,
) -> Result<Vec<Posting>> {
    let ids: Vec<Uuid> = targets.iter().map(|target| target.webhook_id.uuid()).collect();
    let most: Vec<i32> = targets.iter().map(|target| if target.failures > 0 { 1 } else { room.per_webhook }).collect();
    let rows = sqlx::query!(
        r#"WITH chosen AS (
             SELECT due.delivery_id
             FROM unnest($1::uuid[], $2::int[]) AS target (webhook_id, most)
             CROSS JOIN LATERAL (
               SELECT delivery_id FROM webhook_delivery
               WHERE webhook_delivery.webhook_id = target.webhook_id AND state = 'pending' AND due_at <= $3
               ORDER BY due_at
               LIMIT greatest(0, target.most - (
                 SELECT count(*) FROM webhook_delivery AS claimed
                 WHERE claimed.webhook_id = target.webhook_id AND claimed.state = 'pending'
                   AND claimed.claimed_until > $3))
             ) AS due
           )
           UPDATE webhook_delivery SET claims = claims + 1, due_at = $4, claimed_until = $4
           FROM chosen
           WHERE webhook_delivery.delivery_id = chosen.delivery_id
           RETURNING webhook_delivery.delivery_id, webhook_id, claims, failures, payload, wanted_at,
                     trace AS "trace: Json<Trace>""#,
        &ids,
        &most,
        now,
        until,
    )
    .fetch_all(connection)
    .await?;
    let postings = rows.into_iter().filter_map(|row| {
        let target = targets.iter().find(|target| target.webhook_id.uuid() == row.webhook_id)?.clone();
        Some(Posting {
            delivery_id: row.delivery_id.into(),
            number: row.claims,
            failures: row.failures.unsigned_abs(),
            payload: row.payload,
            wanted_at: row.wanted_at,
            trace: row.trace.0,
            target,
        })
    });
    Ok(postings.collect())
}

/// What becomes of a message after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Delivered,
    Failed,
    /// It is tried again at a time.
    Again(DateTime<Utc>),
}

/// Ends a claim, unless it ran out and another has the message; says whether it did.
pub(crate) async fn settle(connection: &mut PgConnection, posting: &Posting, next: Next) -> Result<bool> {
    let (state, due_at) = match next {
        Next::Delivered => ("delivered", None),
        Next::Failed => ("failed", None),
        Next::Again(at) => ("pending", Some(at)),
    };
    let settled = sqlx::query!(
        "UPDATE webhook_delivery
         SET state = $3, due_at = coalesce($4, due_at), claimed_until = NULL,
             failures = failures + CASE WHEN $3 = 'delivered' THEN 0 ELSE 1 END
         WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
        posting.delivery_id.uuid(),
        posting.number,
        state,
        due_at,
    )
    .execute(connection)
    .await?;
    Ok(settled.rows_affected() == 1)
}

/// Gives a claim back without an attempt, to be tried at a time.
pub(crate) async fn give_back(pool: &PgPool, posting: &Posting, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook_delivery SET due_at = $3, claimed_until = NULL
         WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
        posting.delivery_id.uuid(),
        posting.number,
        at,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Lets everything that waits for a webhook be tried at once.
pub(crate) async fn hasten(connection: &mut PgConnection, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook_delivery SET due_at = $2
         WHERE webhook_id = $1 AND state = 'pending' AND due_at > $2 AND claimed_until IS NULL",
        webhook_id.uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Fails everything that waits for a webhook.
pub(crate) async fn fail_all(connection: &mut PgConnection, webhook_id: WebhookId) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook_delivery SET state = 'failed', claimed_until = NULL
         WHERE webhook_id = $1 AND state = 'pending'",
        webhook_id.uuid(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
