//! The tables `phone` and `text_count`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use crate::domain::{Pending, Phone, PhoneNumber, WINDOW};

/// What a user has of numbers.
pub(crate) async fn find(connection: &mut PgConnection, user: UserId) -> Result<Phone> {
    let row = sqlx::query_as!(
        Row,
        "SELECT number, confirmed_at, pending_number, sealed_code, code_expires_at, tries FROM phone WHERE user_id = $1",
        user.uuid(),
    );
    Ok(row.fetch_optional(connection).await?.map(Phone::from).unwrap_or_default())
}

/// The same, locked until the end of the transaction.
pub(crate) async fn lock(connection: &mut PgConnection, user: UserId) -> Result<Phone> {
    let row = sqlx::query_as!(
        Row,
        "SELECT number, confirmed_at, pending_number, sealed_code, code_expires_at, tries FROM phone WHERE user_id = $1
         FOR UPDATE",
        user.uuid(),
    );
    Ok(row.fetch_optional(connection).await?.map(Phone::from).unwrap_or_default())
}

struct Row {
    number: Option<String>,
    confirmed_at: Option<DateTime<Utc>>,
    pending_number: Option<String>,
    sealed_code: Option<Vec<u8>>,
    code_expires_at: Option<DateTime<Utc>>,
    tries: i32,
}

impl From<Row> for Phone {
    fn from(row: Row) -> Self {
        let pending = match (row.pending_number, row.sealed_code, row.code_expires_at) {
            (Some(number), Some(sealed_code), Some(expires_at)) => {
                Some(Pending { number: PhoneNumber::stored(number), sealed_code, expires_at, tries: row.tries })
            }
            _ => None,
        };
        let confirmed = row.number.zip(row.confirmed_at).map(|(number, at)| (PhoneNumber::stored(number), at));
        Self { confirmed, pending }
    }
}

/// Stores what a user has of numbers; that they have none is no row.
pub(crate) async fn store(connection: &mut PgConnection, user: UserId, phone: &Phone) -> Result<()> {
    let Phone { confirmed, pending } = phone;
    if confirmed.is_none() && pending.is_none() {
        return remove(connection, user).await;
    }
    sqlx::query!(
        "INSERT INTO phone (user_id, number, confirmed_at, pending_number, sealed_code, code_expires_at, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (user_id) DO UPDATE
         SET number = excluded.number, confirmed_at = excluded.confirmed_at, pending_number = excluded.pending_number,
             sealed_code = excluded.sealed_code, code_expires_at = excluded.code_expires_at, tries = excluded.tries",
        user.uuid(),
        confirmed.as_ref().map(|(number, _)| number.as_str()),
        confirmed.as_ref().map(|(_, at)| *at),
        pending.as_ref().map(|pending| pending.number.as_str()),
        pending.as_ref().map(|pending| &pending.sealed_code[..]),
        pending.as_ref().map(|pending| pending.expires_at),
        pending.as_ref().map_or(0, |pending| pending.tries),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets a user's numbers.
pub(crate) async fn remove(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM phone WHERE user_id = $1", user.uuid()).execute(connection).await?;
    Ok(())
}

/// Counts something that may be done so often within a window, and says how often it was since when, this time
/// included.
pub(crate) async fn count(
    connection: &mut PgConnection,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<(u32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "INSERT INTO text_count AS c (subject, since, count) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE
         SET count = CASE WHEN c.since <= $3 THEN 1 ELSE c.count + 1 END,
             since = CASE WHEN c.since <= $3 THEN $2 ELSE c.since END
         RETURNING count, since",
        subject,
        now,
        now - WINDOW,
    );
    let row = row.fetch_one(connection).await?;
    Ok((u32::try_from(row.count).map_err(Error::internal)?, row.since))
}

/// Forgets counts whose window is over.
pub(crate) async fn forget_counts(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM text_count WHERE since <= $1", now - WINDOW).execute(connection).await?;
    Ok(())
}
