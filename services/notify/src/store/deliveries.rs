//! The tables `delivery` and `text_delivery`: mails and text messages on their way.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId, UserId};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use crate::domain::{Letter, Medium};

/// A delivery that is ours for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) medium: Medium,
    pub(crate) delivery_id: DeliveryId,
    /// The number of this claim: an older claim can end nothing.
    number: i32,
    /// How often the server put it off before.
    pub(crate) failures: u32,
    pub(crate) what: What,
    /// When it is of no use any more, where that ends.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
    /// The trace in which it was asked for.
    pub(crate) trace: Trace,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// What a user is told, at their address or number.
    Notice { user_id: UserId, letter: Letter },
    /// What was asked for: to whom and what is said, sealed.
    Asked { sealed: Vec<u8> },
}

/// How a delivery ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The server took it.
    Sent,
    /// It was refused for good, or for too long.
    Failed,
    /// The user no longer exists or has confirmed no address or number, or it is of no use any more.
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

/// Records that what others asked for is to be sent at once; the same again is harmless.
pub(crate) async fn insert_asked(
    connection: &mut PgConnection,
    delivery_id: DeliveryId,
    user_id: UserId,
    sealed: &[u8],
    expires_at: DateTime<Utc>,
    trace: &Trace,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery (delivery_id, user_id, sealed, expires_at, state, due_at, created_at, trace)
         VALUES ($1, $2, $3, $4, 'pending', $5, $5, $6)
         ON CONFLICT (delivery_id) DO NOTHING",
        delivery_id.uuid(),
        user_id.uuid(),
        sealed,
        expires_at,
        now,
        Json(trace) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that a user is to be texted what a notification says, while it is of use.
pub(crate) async fn insert_text(
    connection: &mut PgConnection,
    delivery_id: DeliveryId,
    (user_id, notification_id): (UserId, NotificationId),
    trace: &Trace,
    (due_at, expires_at): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO text_delivery
             (delivery_id, user_id, notification_id, state, due_at, expires_at, created_at, trace)
         VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7)",
        delivery_id.uuid(),
        user_id.uuid(),
        notification_id.uuid(),
        due_at,
        expires_at,
        now,
        Json(trace) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that a code is to be texted at once.
pub(crate) async fn insert_code(
    connection: &mut PgConnection,
    delivery_id: DeliveryId,
    user_id: UserId,
    sealed: &[u8],
    expires_at: DateTime<Utc>,
    trace: &Trace,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO text_delivery (delivery_id, user_id, sealed, expires_at, state, due_at, created_at, trace)
         VALUES ($1, $2, $3, $4, 'pending', $5, $5, $6)",
        delivery_id.uuid(),
        user_id.uuid(),
        sealed,
        expires_at,
        now,
        Json(trace) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Claims deliveries that are due until a time, the longest due first. Those that others claim at this moment are
/// passed over.
pub(crate) async fn claim(
    pool: &PgPool,
    medium: Medium,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claim>> {
    let rows = match medium {
        Medium::Mail => claim_mails(pool, now, until, limit).await?,
        Medium::Text => claim_texts(pool, now, until, limit).await?,
    };
    rows.into_iter().map(|row| row.claimed(medium)).collect()
}

async fn claim_texts(pool: &PgPool, now: DateTime<Utc>, until: DateTime<Utc>, limit: i64) -> Result<Vec<Row>> {
    let rows = sqlx::query_as!(
        Row,
        r#"WITH due AS (
             SELECT delivery_id FROM text_delivery
             WHERE state = 'pending' AND due_at <= $1
             ORDER BY due_at
             LIMIT $3
             FOR UPDATE SKIP LOCKED
         ), claimed AS (
             UPDATE text_delivery d SET claims = claims + 1, due_at = $2
             FROM due
             WHERE d.delivery_id = due.delivery_id
             RETURNING d.delivery_id, notification_id, claims, failures, d.created_at, trace, sealed, expires_at
         )
         SELECT claimed.delivery_id, claims, failures, claimed.created_at, sealed, expires_at AS "expires_at?",
                notification.user_id AS "user_id?", subject AS "subject?", body AS "body?",
                letter AS "letter: Json<Letter>", trace AS "trace: Json<Trace>"
         FROM claimed LEFT JOIN notification USING (notification_id)"#,
        now,
        until,
        limit,
    );
    Ok(rows.fetch_all(pool).await?)
}

async fn claim_mails(pool: &PgPool, now: DateTime<Utc>, until: DateTime<Utc>, limit: i64) -> Result<Vec<Row>> {
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
             RETURNING delivery.delivery_id, notification_id, claims, failures, delivery.created_at, trace, sealed,
                       expires_at
         )
         SELECT claimed.delivery_id, claims, failures, claimed.created_at, sealed, expires_at,
                notification.user_id AS "user_id?", subject AS "subject?", body AS "body?",
                letter AS "letter: Json<Letter>", trace AS "trace: Json<Trace>"
         FROM claimed LEFT JOIN notification USING (notification_id)"#,
        now,
        until,
        limit,
    );
    Ok(rows.fetch_all(pool).await?)
}

struct Row {
    delivery_id: Uuid,
    claims: i32,
    failures: i32,
    sealed: Option<Vec<u8>>,
    expires_at: Option<DateTime<Utc>>,
    user_id: Option<Uuid>,
    subject: Option<String>,
    body: Option<String>,
    letter: Option<Json<Letter>>,
    created_at: DateTime<Utc>,
    trace: Json<Trace>,
}

impl Row {
    fn claimed(self, medium: Medium) -> Result<Claim> {
        let what = match (self.user_id, self.subject, self.body, self.sealed) {
            (Some(user_id), Some(subject), Some(body), ..) => {
                // The release before writes no letter.
                let letter = self.letter.map_or_else(|| Letter::of_text(subject, &body), |letter| letter.0);
                What::Notice { user_id: user_id.into(), letter }
            }
            (.., Some(sealed)) => What::Asked { sealed },
            _ => return Err(Error::internal("a delivery that says nothing")),
        };
        Ok(Claim {
            medium,
            delivery_id: self.delivery_id.into(),
            number: self.claims,
            failures: self.failures.unsigned_abs(),
            what,
            expires_at: self.expires_at,
            created_at: self.created_at,
            trace: self.trace.0,
        })
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
    let (id, number, end) = (claim.delivery_id.uuid(), claim.number, end.name());
    let ended = match claim.medium {
        Medium::Mail => sqlx::query!(
            "UPDATE delivery SET state = $3, last_error = $4, settled_at = $5, sealed = NULL
             WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
            id,
            number,
            end,
            error,
            now,
        ),
        Medium::Text => sqlx::query!(
            "UPDATE text_delivery SET state = $3, last_error = $4, settled_at = $5, sealed = NULL
             WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
            id,
            number,
            end,
            error,
            now,
        ),
    };
    Ok(ended.execute(pool).await?.rows_affected() == 1)
}

/// Gives a claim back, to be tried at a time. `put_off` says whether the server put this very one off.
pub(crate) async fn give_back(
    pool: &PgPool,
    claim: &Claim,
    due_at: DateTime<Utc>,
    put_off: bool,
    error: &str,
) -> Result<()> {
    let (id, number, put_off) = (claim.delivery_id.uuid(), claim.number, i32::from(put_off));
    let given_back = match claim.medium {
        Medium::Mail => sqlx::query!(
            "UPDATE delivery SET due_at = $3, failures = failures + $4, last_error = $5
             WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
            id,
            number,
            due_at,
            put_off,
            error,
        ),
        Medium::Text => sqlx::query!(
            "UPDATE text_delivery SET due_at = $3, failures = failures + $4, last_error = $5
             WHERE delivery_id = $1 AND claims = $2 AND state = 'pending'",
            id,
            number,
            due_at,
            put_off,
            error,
        ),
    };
    given_back.execute(pool).await?;
    Ok(())
}
