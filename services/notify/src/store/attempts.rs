//! The lists of the tables `webhook_delivery` and `webhook_attempt`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::DeliveryId;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{postings::Posting, webhooks::OwnWebhook};

/// How many attempts are listed of a delivery.
const ATTEMPTS: i64 = 30;

/// A delivery as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) delivery_id: DeliveryId,
    pub(crate) kind: String,
    pub(crate) state: DeliveryState,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) payload: String,
    /// The newest first.
    pub(crate) attempts: Vec<Attempt>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    Pending,
    Delivered,
    Failed,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) duration_ms: u32,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<String>,
    /// The first bytes of the answer's body.
    pub(crate) answer: String,
}

/// Where a page ended: the time and the id of its last delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position(DateTime<Utc>, Uuid);

impl Listed {
    /// Its place in a list.
    pub(crate) fn position(&self) -> Position {
        Position(self.created_at, self.delivery_id.uuid())
    }
}

/// Records an attempt, unless its delivery was deleted.
pub(crate) async fn insert(connection: &mut PgConnection, posting: &Posting, attempt: &Attempt) -> Result<()> {
    sqlx::query!(
        "INSERT INTO webhook_attempt (delivery_id, number, started_at, duration_ms, status, error, answer)
         SELECT delivery_id, $2, $3, $4, $5, $6, $7 FROM webhook_delivery WHERE delivery_id = $1
         ON CONFLICT (delivery_id, number) DO NOTHING",
        posting.delivery_id.uuid(),
        posting.number,
        attempt.started_at,
        i32::try_from(attempt.duration_ms).unwrap_or(i32::MAX),
        attempt.status.map(i32::from),
        attempt.error,
        attempt.answer,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The deliveries of a webhook after a position, the newest first, with their last attempts.
pub(crate) async fn list(
    connection: &mut PgConnection,
    webhook: &OwnWebhook,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT delivery_id, type AS kind, state, created_at, due_at, payload
         FROM webhook_delivery
         WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, delivery_id) < ($2, $3::uuid))
         ORDER BY created_at DESC, delivery_id DESC
         LIMIT $4",
        webhook.id().uuid(),
        after.map(|position| position.0),
        after.map(|position| position.1),
        limit,
    )
    .fetch_all(&mut *connection)
    .await?;
    with_attempts(connection, rows).await
}

/// Makes a delivery pending once more, due now; what is pending is due now, unless somebody is at it.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn again(
    connection: &mut PgConnection,
    webhook: &OwnWebhook,
    delivery_id: DeliveryId,
    now: DateTime<Utc>,
) -> Result<Listed> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE webhook_delivery
         SET state = 'pending',
             due_at = CASE WHEN claimed_until > $3 THEN due_at ELSE $3 END,
             failures = CASE WHEN state = 'pending' THEN failures ELSE 0 END,
             wanted_at = CASE WHEN state = 'pending' THEN wanted_at ELSE $3 END
         WHERE webhook_id = $1 AND delivery_id = $2
         RETURNING delivery_id, type AS kind, state, created_at, due_at, payload",
        webhook.id().uuid(),
        delivery_id.uuid(),
        now,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let row = row.ok_or_else(|| Error::not_found("delivery"))?;
    with_attempts(connection, vec![row]).await?.pop().ok_or_else(|| Error::not_found("delivery"))
}

/// Removes deliveries that ended and are older than a time.
pub(crate) async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM webhook_delivery WHERE created_at < $1 AND state <> 'pending'", before)
        .execute(connection)
        .await?;
    Ok(())
}

/// A delivery as the table has it.
pub(super) struct Row {
    pub(super) delivery_id: Uuid,
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) due_at: DateTime<Utc>,
    pub(super) payload: String,
}

/// These deliveries with their last attempts, in the order given.
pub(super) async fn with_attempts(connection: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<Listed>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.delivery_id).collect();
    let attempts = sqlx::query!(
        "SELECT wanted.delivery_id AS \"delivery_id!\", last.*
         FROM unnest($1::uuid[]) AS wanted (delivery_id)
         CROSS JOIN LATERAL (
           SELECT number, started_at, duration_ms, status, error, answer FROM webhook_attempt
           WHERE webhook_attempt.delivery_id = wanted.delivery_id
           ORDER BY number DESC
           LIMIT $2
         ) AS last
         ORDER BY wanted.delivery_id, last.number DESC",
        &ids,
        ATTEMPTS,
    )
    .fetch_all(connection)
    .await?;
    let mut by_delivery: HashMap<Uuid, Vec<Attempt>> = HashMap::new();
    for row in attempts {
        by_delivery.entry(row.delivery_id).or_default().push(Attempt {
            started_at: row.started_at,
            duration_ms: row.duration_ms.unsigned_abs(),
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            answer: row.answer,
        });
    }
    rows.into_iter()
        .map(|row| {
            let state = match row.state.as_str() {
                "pending" => DeliveryState::Pending,
                "delivered" => DeliveryState::Delivered,
                "failed" => DeliveryState::Failed,
                other => return Err(Error::internal(format!("state {other} in a row"))),
            };
            Ok(Listed {
                delivery_id: row.delivery_id.into(),
                attempts: by_delivery.remove(&row.delivery_id).unwrap_or_default(),
                kind: row.kind,
                state,
                created_at: row.created_at,
                due_at: row.due_at,
                payload: row.payload,
            })
        })
        .collect()
}
