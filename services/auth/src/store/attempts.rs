//! The tables `attempt` and `familiar`. Rows are locked in the order of their subjects, everywhere.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use crate::domain::{Count, Limits, Record, Subjects};

/// Counts something that may be done so often within a window, and says how often it was since when, this time
/// included.
pub(crate) async fn count(
    db: &mut PgConnection,
    subject: &str,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(u32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "INSERT INTO attempt AS a (subject, since, failures) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE
         SET failures = CASE WHEN a.since <= $3 THEN 1 ELSE a.failures + 1 END,
             since = CASE WHEN a.since <= $3 THEN $2 ELSE a.since END
         RETURNING failures, since",
        subject,
        now,
        now - window,
    );
    let row = row.fetch_one(db).await?;
    Ok((u32::try_from(row.failures).map_err(Error::internal)?, row.since))
}

/// What is known of an attempt's subjects at present. Nothing is written.
pub(crate) async fn look(
    db: &mut PgConnection,
    subjects: &Subjects,
    limits: Limits,
    now: DateTime<Utc>,
) -> Result<Record> {
    let rows = sqlx::query!(
        r#"SELECT subject AS "subject?", since AS "since!", failures AS "failures!", open_at
           FROM attempt WHERE subject = ANY ($1) AND since > $2
           UNION ALL SELECT NULL, seen_at, 0, NULL FROM familiar WHERE place = $3 AND seen_at > $4"#,
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
                record.counts.push(Count { subject, since: row.since, failures, open_at: row.open_at });
            }
            None => record.familiar = true,
        }
    }
    Ok(record)
}

/// Locks what is counted of these subjects, until the end of the transaction, also what nobody has counted yet.
pub(crate) async fn lock(db: &mut PgConnection, subjects: &Subjects, now: DateTime<Utc>) -> Result<Vec<Count>> {
    let rows = sqlx::query!(
        "INSERT INTO attempt (subject, since, failures)
         SELECT subject, $2::timestamptz, 0 FROM unnest($1::text[]) AS wanted (subject) ORDER BY subject
         ON CONFLICT (subject) DO UPDATE SET failures = attempt.failures
         RETURNING subject, since, failures, open_at",
        &subjects.all(),
        now,
    )
    .fetch_all(db)
    .await?;
    let counts = rows.into_iter().map(|row| {
        let failures = u32::try_from(row.failures).map_err(Error::internal)?;
        Ok(Count { subject: row.subject, since: row.since, failures, open_at: row.open_at })
    });
    counts.collect()
}

/// Writes counts that are locked.
pub(crate) async fn write(db: &mut PgConnection, counts: &[Count]) -> Result<()> {
    let subjects: Vec<_> = counts.iter().map(|count| count.subject.clone()).collect();
    let since: Vec<_> = counts.iter().map(|count| count.since).collect();
    let failures: Vec<_> = counts.iter().map(|count| i32::try_from(count.failures).unwrap_or(i32::MAX)).collect();
    let open_at: Vec<_> = counts.iter().map(|count| count.open_at).collect();
    sqlx::query!(
        "UPDATE attempt SET since = counted.since, failures = counted.failures, open_at = counted.open_at
         FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::timestamptz[])
             AS counted (subject, since, failures, open_at)
         WHERE attempt.subject = counted.subject",
        &subjects,
        &since,
        &failures,
        &open_at as &[Option<DateTime<Utc>>],
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Remembers that a user's account has signed in from a network, once a day.
pub(crate) async fn remember(db: &mut PgConnection, user: UserId, place: &[u8], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO familiar (place, seen_at, user_id) VALUES ($1, $2, $3)
         ON CONFLICT (place) DO UPDATE SET seen_at = excluded.seen_at, user_id = excluded.user_id
         WHERE familiar.seen_at < excluded.seen_at - interval '1 day' OR familiar.user_id IS DISTINCT FROM $3",
        place,
        now,
        user.uuid(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets where a user has signed in from.
pub(crate) async fn forget_places(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("DELETE FROM familiar WHERE user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// Takes back one attempt of each of these subjects: it was not their fault that it failed.
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

/// Forgets what `forgotten` have failed at, and takes one attempt of each of the others back.
pub(crate) async fn forgive(db: &mut PgConnection, forgotten: &[String], others: &[String]) -> Result<()> {
    sqlx::query!(
        "WITH mine AS (
             SELECT subject FROM attempt WHERE subject = ANY ($1::text[] || $2::text[]) ORDER BY subject FOR UPDATE),
         forgotten AS (
             DELETE FROM attempt USING mine WHERE attempt.subject = mine.subject AND mine.subject = ANY ($1::text[]))
         UPDATE attempt SET failures = failures - 1 FROM mine
         WHERE attempt.subject = mine.subject AND mine.subject = ANY ($2::text[]) AND failures > 0",
        forgotten,
        others,
    )
    .execute(db)
    .await?;
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
