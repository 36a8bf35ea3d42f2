//! The tables `attempt` and `familiar`. Rows are locked in the order of their subjects, everywhere.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use sqlx::PgConnection;

use crate::domain::{Count, Limits, Record, Subjects};

/// What is known of an attempt's subjects at present. Nothing is written.
pub(crate) async fn look(
    db: &mut PgConnection,
    subjects: &Subjects,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Record> {
    let rows = sqlx::query!(
        r#"SELECT subject AS "subject?", since AS "since!", failures AS "failures!"
           FROM attempt WHERE subject = ANY ($1) AND since > $2
           UNION ALL SELECT NULL, seen_at, 0 FROM familiar WHERE place = $3 AND seen_at > $4"#,
        &subjects.all(),
        now - limits.window,
        subjects.place(),
        now - limits.familiar_for,
    )
    .fetch_all(db)
    .await?;
    let mut record = Record { counts: Vec::new(), familiar: false };
    for row in rows {
        match row.subject {
            Some(subject) => {
                let failures = u32::try_from(row.failures).map_err(Error::internal)?;
                record.counts.push(Count { subject, since: row.since, failures });
            }
            None => record.familiar = true,
        }
    }
    Ok(record)
}

/// Counts an attempt against all its subjects. A window that is over ends, and a new one begins. False where one of
/// them has reached its limit meanwhile: then the transaction must be given up, since the others may have been counted.
pub(crate) async fn count(
    db: &mut PgConnection,
    subjects: &Subjects,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<bool> {
    let all = subjects.all();
    let most = all.iter().map(|subject| i32::try_from(limits.of(subject)).unwrap_or(i32::MAX)).collect::<Vec<_>>();
    let counted = sqlx::query!(
        "INSERT INTO attempt (subject, since, failures)
         SELECT subject, $3::timestamptz, 1 FROM unnest($1::text[], $2::int[]) AS wanted (subject, most)
         ORDER BY subject
         ON CONFLICT (subject) DO UPDATE SET
             since = CASE WHEN attempt.since <= $4 THEN excluded.since ELSE attempt.since END,
             failures = CASE WHEN attempt.since <= $4 THEN 1 ELSE attempt.failures + 1 END
         WHERE attempt.since <= $4 OR attempt.failures <
             (SELECT most FROM unnest($1::text[], $2::int[]) AS wanted (subject, most)
              WHERE wanted.subject = attempt.subject)",
        &all,
        &most,
        now,
        now - limits.window,
    )
    .execute(db)
    .await?;
    Ok(counted.rows_affected() == all.len() as u64)
}

/// Remembers that an account has signed in from a network, once a day.
pub(crate) async fn remember(db: &mut PgConnection, place: &[u8], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO familiar (place, seen_at) VALUES ($1, $2)
         ON CONFLICT (place) DO UPDATE SET seen_at = excluded.seen_at
         WHERE familiar.seen_at < excluded.seen_at - interval '1 day'",
        place,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
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

/// Deletes at most `batch` places where nobody has signed in since `old`; returns how many.
pub(crate) async fn purge_familiar(db: &mut PgConnection, old: DateTime<Utc>, batch: i64) -> Result<u64> {
    let purged = sqlx::query!(
        "DELETE FROM familiar WHERE place IN
             (SELECT place FROM familiar WHERE seen_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        old,
        batch,
    )
    .execute(db)
    .await?;
    Ok(purged.rows_affected())
}
