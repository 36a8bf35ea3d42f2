//! The table `delivery`: mails on their way.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId, UserId};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

/// A delivery that is ours for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) delivery_id: DeliveryId,
    /// The number of this claim: an older claim can end nothing.
    number: i32,
    /// How often the mail server put it off before.
    pub(crate) failures: u32,
    pub(crate) user_id: UserId,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) created_at: DateTime<Utc>,
    /// The trace in which it was asked for.
    pub(crate) trace: Trace,
}

/// How a delivery ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The mail server took it.
    Sent,
    /// It was refused for good, or for too long.
    Failed,
    /// The user no longer exists.
    Dropped,
}

impl End {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// Records that a notification is to be sent when it is due.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    delivery_id: DeliveryId,
    notification_id: NotificationId,
    trace: &Trace,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery (delivery_id, notification_id, state, due_at, created_at, trace)
         VALUES ($1, $2, 'pending', $3, $4, $5)",
        delivery_id.uuid(),
        notification_id.uuid(),
        due_at,
        now,
        Json(trace) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Claims deliveries that are due until a time, the longest due first. Those that others claim at this moment are
/// passed over.
pub(crate) async fn claim(pool: &PgPool, now: DateTime<Utc>, until: DateTime<Utc>, limit: i64) -> Result<Vec<Claim>> {
    let rows = sqlx::query_as!(
        Row,
        r#"WITH due AS (
             SELECT delivery_id FROM delivery
             WHERE state = 'pending' AND due_at <= $1
             ORDER BY due_at
             LIMIT $3
             FOR UPDATE SKIP LOCKED
         ), claimed AS (
             UPDATE delivery SET claims = claims + 1, due_at = $2
             FROM due
             WHERE delivery.delivery_id = due.delivery_id
             RETURNING delivery.delivery_id, notification_id, claims, failures, delivery.created_at, trace
         )
         SELECT claimed.delivery_id, claims, failures, claimed.created_at, user_id, subject, body,
                trace AS "trace: Json<Trace>"
         FROM claimed JOIN notification USING (notification_id)"#,
        now,
        until,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Claim::from).collect())
}

struct Row {
    delivery_id: Uuid,
    claims: i32,
    failures: i32,
    user_id: Uuid,
    subject: String,
    body: String,
    created_at: DateTime<Utc>,
    trace: Json<Trace>,
}

impl From<Row> for Claim {
    fn from(row: Row) -> Self {
        Self {
            delivery_id: row.delivery_id.into(),
            number: row.claims,
            failures: row.failures.unsigned_abs(),
            user_id: row.user_id.into(),
            subject: row.subject,
            body: row.body,
            created_at: row.created_at,
            trace: row.trace.0,
        }
    }
}

/// Ends a delivery, unless the claim ran out and another has it; says whether it did.
pub(crate) async fn end(
    pool: &PgPool,
    claim: &Claim,
    end: End,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ended = sqlx::query!(
        "UPDATE delivery SET state = $3, last_error = $4, settled_at = $5
         WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
        claim.delivery_id.uuid(),
        claim.number,
        end.name(),
        error,
        now,
    )
    .execute(pool)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Gives a claim back, to be tried at a time. `put_off` says whether the mail server put this very mail off.
pub(crate) async fn give_back(
    pool: &PgPool,
    claim: &Claim,
    due_at: DateTime<Utc>,
    put_off: bool,
    error: &str,
) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery SET due_at = $3, failures = failures + $4, last_error = $5
         WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
        claim.delivery_id.uuid(),
        claim.number,
        due_at,
        i32::from(put_off),
        error,
    )
    .execute(pool)
    .await?;
    Ok(())
}
