//! The table `attempt`. Rows are locked in the order of their subjects, everywhere.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use sqlx::PgConnection;

use crate::domain::{Count, Subjects};

/// Counts an attempt against all its subjects at once, and says how often each has failed since its window began, this
/// attempt included. A window that began at `old` or before is over, and a new one begins.
pub(crate) async fn count(
    db: &mut PgConnection,
    subjects: &Subjects,
    now: DateTime<Utc>,
    old: DateTime<Utc>,
) -> Result<Vec<Count>> {
    let rows = sqlx::query!(
        "INSERT INTO attempt (subject, since, failures)
         SELECT subject, $2::timestamptz, 1 FROM unnest($1::text[]) AS subject ORDER BY subject
         ON CONFLICT (subject) DO UPDATE SET
             since = CASE WHEN attempt.since <= $3 THEN excluded.since ELSE attempt.since END,
             -- No further than anybody counts, so that a flood can't overflow it.
             failures = CASE WHEN attempt.since <= $3 THEN 1 ELSE least(attempt.failures, 1000000) + 1 END
         RETURNING subject, since, failures",
        &subjects.all(),
        now,
        old,
    )
    .fetch_all(db)
    .await?;
    let counts = rows.into_iter().map(|row| {
        let failures = u32::try_from(row.failures).map_err(Error::internal)?;
        Ok(Count { subject: row.subject, since: row.since, failures })
    });
    counts.collect()
}

/// Takes back one attempt of each of these subjects: it was not their fault that it failed, or it succeeded.
pub(crate) async fn take_back(db: &mut PgConnection, subjects: &[String]) -> Result<()> {
    sqlx::query!(
        "WITH mine AS (SELECT subject FROM attempt WHERE subject = ANY ($1) ORDER BY subject FOR UPDATE)
         UPDATE attempt SET failures = failures - 1 FROM mine WHERE attempt.subject = mine.subject AND failures > 0",
        subjects,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets all attempts of a subject.
pub(crate) async fn forget(db: &mut PgConnection, subject: &str) -> Result<()> {
    sqlx::query!("DELETE FROM attempt WHERE subject = $1", subject).execute(db).await?;
    Ok(())
}

/// Deletes at most `batch` counts whose window began at `old` or before; returns how many.
pub(crate) async fn purge(db: &mut PgConnection, old: DateTime<Utc>, batch: i64) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM attempt WHERE subject IN
             (SELECT subject FROM attempt WHERE since <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        old,
        batch,
    )
    .execute(db)
    .await?;
    Ok(purged.rows_affected())
}
