//! The rows of jobs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;
use sqlx::{PgConnection, types::Json};

use super::{key, lines};
use crate::domain::{Digest, Job, JobKey, Kind, Line, Outcome, Rendition, Spec};

/// What there is of a job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// The pictures were made before.
    Made(Vec<Rendition>),
    /// It is queued from now on: its workers have to be told.
    Queued(Job),
    /// It was queued before, or waits for its turn.
    Open,
}

/// Sees to it that there are these jobs, and locks them, the lines of their kinds first. A new one, and one that has
/// failed, is of who asks: it is queued if nothing of theirs waits and no more than so many are queued, and waits
/// otherwise.
///
/// # Errors
/// CONFLICT where a lock is not to be had, or a job is being removed.
pub(crate) async fn ask(
    connection: &mut PgConnection,
    owner: UserId,
    wanted: &BTreeMap<JobKey, (Option<Digest>, Spec)>,
    at_once: u32,
    now: DateTime<Utc>,
) -> Result<BTreeMap<JobKey, Asked>> {
    let keys: Vec<Vec<u8>> = wanted.keys().map(|key| key.0.to_vec()).collect();
    let mut room = room(connection, owner, wanted, at_once).await?;
    let inserted = insert(connection, owner, wanted, &keys, now).await?;
    let rows = sqlx::query!(
        r#"SELECT key, state, run, renditions AS "renditions: Json<Vec<Rendition>>" FROM job
           WHERE key = ANY($1) ORDER BY key FOR NO KEY UPDATE"#,
        &keys,
    );
    let mut asked = BTreeMap::new();
    let (mut failed, mut waiting) = (Vec::new(), Vec::new());
    for row in rows.fetch_all(&mut *connection).await? {
        let is_new = inserted.contains(&row.key);
        let (name, run) = (key(row.key)?, u32::try_from(row.run).map_err(Error::internal)?);
        let mut queued = |run| {
            let (source, spec) = wanted.get(&name)?.clone();
            match room.get_mut(&spec.kind()) {
                Some(room) if *room > 0 => *room -= 1,
                _ => {
                    waiting.push(name.0.to_vec());
                    return Some(Asked::Open);
                }
            }
            Some(Asked::Queued(Job { key: name, run, source, spec, queued_at: now }))
        };
        let found = match (row.state.as_str(), row.renditions) {
            ("done", Some(Json(renditions))) => Some(Asked::Made(renditions)),
            ("failed", ..) => {
                failed.push(name.0.to_vec());
                queued(run + 1)
            }
            _ if is_new => queued(run),
            _ => Some(Asked::Open),
        };
        asked.extend(found.map(|found| (name, found)));
    }
    if asked.len() < wanted.len() {
        return Err(Error::new(Reason::Conflict, "the pictures are being removed at this moment"));
    }
    if !failed.is_empty() {
        sqlx::query!(
            "UPDATE job SET state = 'open', run = run + 1, owner_id = $3, queued_at = $2, ended_at = NULL
             WHERE key = ANY($1)",
            &failed,
            now,
            owner.uuid(),
        )
        .execute(&mut *connection)
        .await?;
    }
    if !waiting.is_empty() {
        sqlx::query!("UPDATE job SET state = 'waiting' WHERE key = ANY($1)", &waiting).execute(connection).await?;
    }
    Ok(asked)
}

/// How many jobs of a client may be queued, by the kinds of those that are wanted: none where some wait already. Locks
/// the lines.
async fn room(
    connection: &mut PgConnection,
    owner: UserId,
    wanted: &BTreeMap<JobKey, (Option<Digest>, Spec)>,
    at_once: u32,
) -> Result<BTreeMap<Kind, i64>> {
    let kinds: BTreeSet<Kind> = wanted.values().map(|(_, spec)| spec.kind()).collect();
    let all = kinds.iter().map(|kind| Line { owner, kind: *kind }).collect();
    lines::lock(connection, &all).await?;
    let mut room = BTreeMap::new();
    for kind in kinds {
        let line = Line { owner, kind };
        if lines::next(connection, line, 1).await?.is_empty() {
            room.insert(kind, lines::room(connection, line, at_once).await?);
        }
    }
    Ok(room)
}

/// Inserts those jobs that there are not, in the order of their keys; returns their keys.
async fn insert(
    connection: &mut PgConnection,
    owner: UserId,
    wanted: &BTreeMap<JobKey, (Option<Digest>, Spec)>,
    keys: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>> {
    let kinds: Vec<String> = wanted.values().map(|(_, spec)| spec.kind().name().to_owned()).collect();
    let sources: Vec<Option<Vec<u8>>> =
        wanted.values().map(|(source, _)| source.map(|source| source.0.to_vec())).collect();
    let specs = wanted.values().map(|(_, spec)| serde_json::to_value(spec)).collect::<Result<Vec<_>, _>>();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO job (key, kind, source_sha256, spec, run, state, owner_id, queued_at)
         SELECT key, kind, source, spec, 1, 'open', $6, $5
         FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::jsonb[]) AS new (key, kind, source, spec) ORDER BY key
         ON CONFLICT (key) DO NOTHING RETURNING key",
        keys,
        &kinds,
        &sources as &[Option<Vec<u8>>],
        &specs.map_err(Error::internal)?,
        now,
        owner.uuid(),
    );
    Ok(inserted.fetch_all(connection).await?)
}

/// Locks those of these jobs that have not ended; returns the lines in which they are.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn lock(connection: &mut PgConnection, keys: &BTreeSet<JobKey>) -> Result<BTreeSet<Line>> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.0.to_vec()).collect();
    let rows = sqlx::query!(
        r#"SELECT owner_id AS "owner_id: UserId", kind FROM job WHERE key = ANY($1) AND ended_at IS NULL
           ORDER BY key FOR NO KEY UPDATE"#,
        &keys,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let lines = rows.filter_map(|row| Some((row.owner_id?, row.kind)));
    lines.map(|(owner, kind)| Ok(Line { owner, kind: kind.parse().map_err(Error::internal)? })).collect()
}

/// The present run of the job of this name, locked, if it has not ended.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
async fn lock_open(connection: &mut PgConnection, key: &JobKey) -> Result<Option<u32>> {
    let run =
        sqlx::query_scalar!("SELECT run FROM job WHERE key = $1 AND ended_at IS NULL FOR NO KEY UPDATE", &key.0[..]);
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
        "UPDATE job SET state = $2, renditions = $3, owner_id = NULL, ended_at = $4 WHERE key = $1",
        &key.0[..],
        state,
        renditions,
        now,
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// The names of jobs that were queued before a time and are open still, and of those that wait since before another.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn open_since(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    waiting_before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(JobKey, u32)>> {
    let rows = sqlx::query!(
        "SELECT key, run FROM job
         WHERE state = 'open' AND queued_at < $1 OR state = 'waiting' AND queued_at < $2 ORDER BY queued_at LIMIT $3",
        before,
        waiting_before,
        limit,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((key(row.key)?, u32::try_from(row.run).map_err(Error::internal)?))).collect()
}

/// How many jobs of each kind are open, in the queue or before it, and since when the oldest is where it is.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn pending(connection: &mut PgConnection) -> Result<BTreeMap<Kind, (i64, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind!", count(*) AS "jobs!", min(queued_at) AS "oldest!" FROM
               (SELECT kind, queued_at FROM job WHERE state = 'open'
                UNION ALL SELECT kind, queued_at FROM job WHERE state = 'waiting') AS pending
           GROUP BY kind"#
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((row.kind.parse().map_err(Error::internal)?, (row.jobs, row.oldest)))).collect()
}
