//! Lines of jobs: those of one client and one kind, of which some are in the queue of the workers and others wait.
//!
//! Whoever queues or ends jobs of a line has its lock, so that never more of it are queued than may be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sqlx::{PgConnection, types::Json};

use super::{digest, key};
use crate::domain::{Job, JobKey, Line, Spec};

/// Locks lines until the transaction ends.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn lock(connection: &mut PgConnection, lines: &BTreeSet<Line>) -> Result<()> {
    let locks: BTreeSet<i64> = lines.iter().map(Line::lock).collect();
    let locks: Vec<i64> = locks.into_iter().collect();
    // In the order of the numbers, which is that of the array.
    sqlx::query!("SELECT pg_advisory_xact_lock(number) FROM unnest($1::bigint[]) AS lock (number)", &locks)
        .execute(connection)
        .await?;
    Ok(())
}

/// The lines in which these jobs are, those of them that have not ended: how many of each.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn of(connection: &mut PgConnection, keys: &[JobKey]) -> Result<BTreeMap<Line, i64>> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.0.to_vec()).collect();
    let rows = sqlx::query!(
        r#"SELECT owner_id AS "owner_id!: UserId", kind, count(*) AS "jobs!" FROM job
           WHERE key = ANY($1) AND state IN ('waiting', 'open') AND owner_id IS NOT NULL GROUP BY owner_id, kind"#,
        &keys,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((line(row.owner_id, &row.kind)?, row.jobs))).collect()
}

/// The line in which a job waits, if it waits.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn waiting(connection: &mut PgConnection, key: &JobKey) -> Result<Option<Line>> {
    let row = sqlx::query!(
        r#"SELECT owner_id AS "owner_id!: UserId", kind FROM job WHERE key = $1 AND state = 'waiting'"#,
        &key.0[..],
    );
    row.fetch_optional(connection).await?.map(|row| line(row.owner_id, &row.kind)).transpose()
}

/// How many more of a line may be queued. It is locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn room(connection: &mut PgConnection, line: Line, at_once: u32) -> Result<i64> {
    let at_once = i64::from(at_once);
    let queued = sqlx::query_scalar!(
        r#"SELECT count(*) AS "queued!" FROM
               (SELECT FROM job WHERE state = 'open' AND owner_id = $1 AND kind = $2 LIMIT $3) AS queued"#,
        line.owner.uuid(),
        line.kind.name(),
        at_once,
    );
    Ok(at_once - queued.fetch_one(connection).await?)
}

/// Who is next in a line. It is locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn next(connection: &mut PgConnection, line: Line, most: i64) -> Result<Vec<JobKey>> {
    let keys = sqlx::query_scalar!(
        "SELECT key FROM job WHERE state = 'waiting' AND owner_id = $1 AND kind = $2 ORDER BY queued_at, key LIMIT $3",
        line.owner.uuid(),
        line.kind.name(),
        most,
    );
    keys.fetch_all(connection).await?.into_iter().map(key).collect()
}

/// Queues those of these jobs that wait. Their rows and their line are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn queue(connection: &mut PgConnection, keys: &[JobKey], now: DateTime<Utc>) -> Result<Vec<Job>> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.0.to_vec()).collect();
    let rows = sqlx::query!(
        r#"UPDATE job SET state = 'open', queued_at = $2 WHERE key = ANY($1) AND state = 'waiting'
           RETURNING key, run, source_sha256, spec AS "spec: Json<Spec>""#,
        &keys,
        now,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| {
        let (run, Json(spec)) = (u32::try_from(row.run).map_err(Error::internal)?, row.spec);
        Ok(Job { key: key(row.key)?, run, source: row.source_sha256.map(digest).transpose()?, spec, queued_at: now })
    })
    .collect()
}

/// The lines in which some wait although there is room. There are none, unless a fault or a smaller bound of before has
/// left one behind.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn halted(connection: &mut PgConnection, at_once: u32) -> Result<Vec<Line>> {
    // From one line to the next by the index, however many wait in each.
    let rows = sqlx::query!(
        r#"WITH RECURSIVE line AS (
               (SELECT owner_id, kind FROM job WHERE state = 'waiting' AND owner_id IS NOT NULL
                ORDER BY owner_id, kind LIMIT 1)
               UNION ALL
               SELECT next.owner_id, next.kind FROM line CROSS JOIN LATERAL
                   (SELECT owner_id, kind FROM job WHERE state = 'waiting' AND owner_id IS NOT NULL
                        AND (owner_id, kind) > (line.owner_id, line.kind) ORDER BY owner_id, kind LIMIT 1) AS next)
           SELECT owner_id AS "owner_id!: UserId", kind AS "kind!" FROM line
           WHERE (SELECT count(*) FROM
                      (SELECT FROM job WHERE state = 'open' AND owner_id = line.owner_id AND kind = line.kind LIMIT $1)
                      AS queued) < $1"#,
        i64::from(at_once),
    );
    rows.fetch_all(connection).await?.into_iter().map(|row| line(row.owner_id, &row.kind)).collect()
}

/// Takes jobs out of a client's lines, so many behind a key. One that waits comes into the line of somebody else who
/// has asked for the same, or ends where there is nobody. One that is queued is in no line from then on. Returns the
/// last of them, and the lines that have got some.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn hand_on(
    connection: &mut PgConnection,
    owner: UserId,
    after: Option<JobKey>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Option<(JobKey, BTreeSet<Line>)>> {
    let after = after.map(|key| key.0.to_vec()).unwrap_or_default();
    // What has ended has nobody, unless the release before has ended it. The index begins with the state.
    let keys = sqlx::query_scalar!(
        "SELECT key FROM job WHERE state IN ('waiting', 'open', 'done', 'failed') AND owner_id = $1 AND key > $2
         ORDER BY key LIMIT $3 FOR NO KEY UPDATE",
        owner.uuid(),
        &after,
        limit,
    );
    let keys = keys.fetch_all(&mut *connection).await?;
    let Some(last) = keys.last().cloned() else { return Ok(None) };
    let rows = sqlx::query!(
        r#"UPDATE job SET owner_id = CASE WHEN state = 'waiting' THEN heir.id END,
               state = CASE WHEN state = 'waiting' AND heir.id IS NULL THEN 'failed' ELSE state END,
               ended_at = CASE WHEN state = 'waiting' AND heir.id IS NULL THEN $2 ELSE ended_at END
           FROM (SELECT kept.key, (SELECT t.owner_id FROM transformation t WHERE t.key = kept.key AND t.ended_at IS NULL
                                   ORDER BY t.id LIMIT 1) AS id
                 FROM job kept WHERE kept.key = ANY($1)) AS heir
           WHERE job.key = heir.key RETURNING job.owner_id AS "owner_id: UserId", job.kind"#,
        &keys,
        now,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let lines = rows.filter_map(|row| Some(line(row.owner_id?, &row.kind)));
    Ok(Some((key(last)?, lines.collect::<Result<_>>()?)))
}

/// Ends a job that waits and that nobody wants any more, without a picture: whoever asks for it later has it queued
/// again. Its row and its line are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn leave(connection: &mut PgConnection, key: &JobKey, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE job SET state = 'failed', ended_at = $2, owner_id = NULL
         WHERE key = $1 AND state = 'waiting'
             AND NOT EXISTS (SELECT FROM transformation t WHERE t.key = job.key AND t.ended_at IS NULL)",
        &key.0[..],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn line(owner: UserId, kind: &str) -> Result<Line> {
    Ok(Line { owner, kind: kind.parse().map_err(Error::internal)? })
}
