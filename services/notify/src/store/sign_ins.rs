//! The tables `sign_in` and `sign_in_origin`: where a user signed in from before.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use crate::domain::Origin;

/// Locks what is known of a user's sign-ins until the transaction ends; returns when the last mail about one was due.
pub(crate) async fn lock(connection: &mut PgConnection, user_id: UserId) -> Result<Option<DateTime<Utc>>> {
    let told_at = sqlx::query_scalar!(
        "INSERT INTO sign_in (user_id) VALUES ($1)
         ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
         RETURNING told_at",
        user_id.uuid(),
    );
    Ok(told_at.fetch_one(connection).await?)
}

/// Whether both the place and the program are known; a known one is noted as seen.
pub(crate) async fn see(
    connection: &mut PgConnection,
    user_id: UserId,
    origin: Origin,
    now: DateTime<Utc>,
) -> Result<bool> {
    let seen = sqlx::query!(
        "UPDATE sign_in_origin SET seen_at = greatest(seen_at, $3) WHERE user_id = $1 AND origin = ANY($2)",
        user_id.uuid(),
        &[origin.place, origin.program],
        now,
    );
    Ok(seen.execute(connection).await?.rows_affected() == 2)
}

/// Notes that the user is told, by a mail that is due at a time, of a sign-in from there: both are known from now on.
pub(crate) async fn tell(
    connection: &mut PgConnection,
    user_id: UserId,
    origin: Origin,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("UPDATE sign_in SET told_at = $2 WHERE user_id = $1", user_id.uuid(), due_at)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "INSERT INTO sign_in_origin (user_id, origin, seen_at) SELECT $1, origin, $3 FROM unnest($2::uuid[]) AS o (origin)
         ON CONFLICT (user_id, origin) DO NOTHING",
        user_id.uuid(),
        &[origin.place, origin.program],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets from where a user did not sign in since a time.
pub(crate) async fn forget(connection: &mut PgConnection, user_id: UserId, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM sign_in_origin WHERE user_id = $1 AND seen_at < $2", user_id.uuid(), before)
        .execute(connection)
        .await?;
    Ok(())
}
