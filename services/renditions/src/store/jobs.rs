//! The rows of jobs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use sqlx::{PgConnection, types::Json};

use super::key;
use crate::domain::{Digest, Job, JobKey, Kind, Outcome, Rendition, Spec};

/// What there is of a job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// The pictures were made before.
    Made(Vec<Rendition>),
    /// It is queued from now on: its workers have to be told.
    Queued(Job),
    /// It was queued before.
    Open,
}

/// Sees to it that there are these jobs, and locks them. One that has failed is queued again.
///
/// # Errors
/// CONFLICT where a lock is not to be had, or a job is being removed.
pub(crate) async fn ask(
    connection: &mut PgConnection,
    wanted: &BTreeMap<JobKey, (Option<Digest>, Spec)>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<JobKey, Asked>> {
    let keys: Vec<Vec<u8>> = wanted.keys().map(|key| key.0.to_vec()).collect();
    let inserted = insert(connection, wanted, &keys, now).await?;
    let rows = sqlx::query!(
        r#"SELECT key, state, run, renditions AS "renditions: Json<Vec<Rendition>>" FROM job
           WHERE key = ANY($1) ORDER BY key FOR NO KEY UPDATE"#,
        &keys,
    );
    let mut asked = BTreeMap::new();
    let mut failed = Vec::new();
    for row in rows.fetch_all(&mut *connection).await? {
        let is_new = inserted.contains(&row.key);
        let (name, run) = (key(row.key)?, u32::try_from(row.run).map_err(Error::internal)?);
        let job = |run| {
            let (source, spec) = wanted.get(&name)?.clone();
            Some(Job { key: name, run, source, spec, queued_at: now })
        };
        let found = match (row.state.as_str(), row.renditions) {
            ("done", Some(Json(renditions))) => Some(Asked::Made(renditions)),
            ("failed", ..) => {
                failed.push(name.0.to_vec());
                job(run + 1).map(Asked::Queued)
            }
            _ if is_new => job(run).map(Asked::Queued),
            _ => Some(Asked::Open),
        };
        asked.extend(found.map(|found| (name, found)));
    }
    if asked.len() < wanted.len() {
        return Err(Error::new(Reason::Conflict, "the pictures are being removed at this moment"));
    }
    if !failed.is_empty() {
        sqlx::query!(
            "UPDATE job SET state = 'open', run = run + 1, queued_at = $2, ended_at = NULL WHERE key = ANY($1)",
            &failed,
            now,
        )
        .execute(connection)
        .await?;
    }
    Ok(asked)
}

/// Inserts those jobs that there are not, in the order of their keys; returns their keys.
async fn insert(
    connection: &mut PgConnection,
    wanted: &BTreeMap<JobKey, (Option<Digest>, Spec)>,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>> {
    let kinds: Vec<String> = wanted.values().map(|(_, spec)| spec.kind().name().to_owned()).collect();
    let sources: Vec<Option<Vec<u8>>> =
        wanted.values().map(|(source, _)| source.map(|source| source.0.to_vec())).collect();
    let specs = wanted.values().map(|(_, spec)| serde_json::to_value(spec)).collect::<Result<Vec<_>, _>>();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO job (key, kind, source_sha256, spec, run, state, queued_at)
         SELECT key, kind, source, spec, 1, 'open', $5
         FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::jsonb[]) AS new (key, kind, source, spec) ORDER BY key
         ON CONFLICT (key) DO NOTHING RETURNING key",
        keys,
        &kinds,
        &sources as &[Option<Vec<u8>>],
        &specs.map_err(Error::internal)?,
        now,
    );
    Ok(inserted.fetch_all(connection).await?)
}

/// The job of this name, locked, if it is open and was queued so often; a picture that is there is one whoever asked.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
async fn lock_open(connection: &mut PgConnection, key: &JobKey) -> Result<Option<u32>> {
    let run =
        sqlx::query_scalar!("SELECT run FROM job WHERE key = $1 AND state = 'open' FOR NO KEY UPDATE", &key.0[..]);
    run.fetch_optional(connection).await?.map(|run| u32::try_from(run).map_err(Error::internal)).transpose()
}

/// Ends a job, if it has not ended and this is how its present run ended; says whether it did. A picture that is there
/// ends every run.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
pub(crate) async fn end(
    connection: &mut PgConnection,
    key: &JobKey,
    run: u32,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Some(present) = lock_open(connection, key).await? else { return Ok(false) };
    let (state, renditions) = match outcome {
        Outcome::Made(renditions) => ("done", Some(serde_json::to_value(renditions).map_err(Error::internal)?)),
        Outcome::Failed(_) if run != present => return Ok(false),
        Outcome::Failed(_) => ("failed", None),
    };
    sqlx::query!(
        "UPDATE job SET state = $2, renditions = $3, ended_at = $4 WHERE key = $1",
        &key.0[..],
        state,
        renditions,
        now,
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// The names of jobs that were queued before a time and are open still.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn open_since(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(JobKey, u32)>> {
    let rows = sqlx::query!(
        "SELECT key, run FROM job WHERE state = 'open' AND queued_at < $1 ORDER BY queued_at LIMIT $2",
        before,
        limit,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((key(row.key)?, u32::try_from(row.run).map_err(Error::internal)?))).collect()
}

/// How many jobs of each kind are open, and when the oldest was queued.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn pending(connection: &mut PgConnection) -> Result<BTreeMap<Kind, (i64, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT kind, count(*) AS "jobs!", min(queued_at) AS "oldest!" FROM job WHERE state = 'open' GROUP BY kind"#
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((row.kind.parse().map_err(Error::internal)?, (row.jobs, row.oldest)))).collect()
}
