//! The rows of transformations.

use std::ops::Deref;

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{BatchId, TransformationId, UserId};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{count, digest, key, number};
use crate::domain::{Failure, JobKey, Outcome, Rendition, Spec, State, Transformation};

struct Row {
    id: Uuid,
    owner_id: Uuid,
    batch_id: Option<Uuid>,
    key: Vec<u8>,
    source_sha256: Option<Vec<u8>>,
    spec: Json<Spec>,
    version: i64,
    state: String,
    renditions: Option<Json<Vec<Rendition>>>,
    failure_reason: Option<String>,
    failure_message: Option<String>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn failure(&self) -> Option<Failure> {
        let reason = Reason::from_wire_name(self.failure_reason.as_deref()?).unwrap_or(Reason::Internal);
        Some(Failure { reason, message: self.failure_message.clone()? })
    }

    fn state(&self) -> Result<State> {
        match (self.state.as_str(), self.ended_at, &self.renditions, self.failure()) {
            ("queued", None, ..) => Ok(State::Queued),
            ("running", None, ..) => Ok(State::Running),
            ("succeeded", Some(ended_at), Some(Json(renditions)), _) => {
                Ok(State::Succeeded { renditions: renditions.clone(), ended_at })
            }
            ("failed", Some(ended_at), _, Some(failure)) => Ok(State::Failed { failure, ended_at }),
            ("cancelled", Some(ended_at), ..) => Ok(State::Cancelled { ended_at }),
            (state, ..) => Err(Error::internal(format!("transformation {} is in no possible state: {state}", self.id))),
        }
    }
}

impl TryFrom<Row> for Transformation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let state = row.state()?;
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            batch: row.batch_id.map(BatchId::from),
            key: key(row.key)?,
            source: row.source_sha256.map(digest).transpose()?,
            spec: row.spec.0,
            version: count(row.version)?,
            created_at: row.created_at,
            started_at: row.started_at,
            state,
        })
    }
}

/// A transformation that a caller's permission reaches. Only this module makes one: what takes it can't be done with a
/// stranger's.
#[derive(Debug, Clone)]
pub(crate) struct OwnTransformation(Transformation);

impl OwnTransformation {
    /// The transformation, to go on with the transition that it makes or to answer with it.
    pub(crate) fn into_transformation(self) -> Transformation {
        self.0
    }
}

impl Deref for OwnTransformation {
    type Target = Transformation;

    fn deref(&self) -> &Transformation {
        &self.0
    }
}

/// Writes new transformations, each with the place that it had in its batch.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn insert(connection: &mut PgConnection, new: &[(usize, Transformation)]) -> Result<()> {
    let ids: Vec<Uuid> = new.iter().map(|(_, one)| one.id.uuid()).collect();
    let owners: Vec<Uuid> = new.iter().map(|(_, one)| one.owner.uuid()).collect();
    let batches: Vec<Option<Uuid>> = new.iter().map(|(_, one)| one.batch.map(BatchId::uuid)).collect();
    let places = new.iter().map(|(place, one)| one.batch.map(|_| i32::try_from(*place)).transpose());
    let places: Vec<Option<i32>> = places.collect::<Result<_, _>>().map_err(Error::internal)?;
    let keys: Vec<Vec<u8>> = new.iter().map(|(_, one)| one.key.0.to_vec()).collect();
    let states: Vec<String> = new.iter().map(|(_, one)| name(&one.state).to_owned()).collect();
    let created: Vec<DateTime<Utc>> = new.iter().map(|(_, one)| one.created_at).collect();
    let ended: Vec<Option<DateTime<Utc>>> = new.iter().map(|(_, one)| one.ended_at()).collect();
    sqlx::query!(
        "INSERT INTO transformation (id, owner_id, batch_id, place, key, version, state, created_at, ended_at)
         SELECT id, owner, batch, place, key, 1, state, created, ended
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::bytea[], $6::text[], $7::timestamptz[],
                     $8::timestamptz[]) AS new (id, owner, batch, place, key, state, created, ended)",
        &ids,
        &owners,
        &batches as &[Option<Uuid>],
        &places as &[Option<i32>],
        &keys,
        &states,
        &created,
        &ended as &[Option<DateTime<Utc>>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn name(state: &State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Succeeded { .. } => "succeeded",
        State::Failed { .. } => "failed",
        State::Cancelled { .. } => "cancelled",
    }
}

/// The transformation of this id, as far as the caller's permission reaches.
///
/// # Errors
/// NOT_FOUND where there is none, or it is not the caller's to see.
pub(crate) async fn within(
    connection: &mut PgConnection,
    reach: Reach,
    id: TransformationId,
) -> Result<OwnTransformation> {
    let found = these(connection, &[id.uuid()]).await?.pop();
    // One row by its key: whether it is within reach is decided here, and gives the same answer as if there were none.
    match found {
        Some(found) if reach.covers(found.owner) => Ok(OwnTransformation(found)),
        _ => Err(not_found()),
    }
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// NOT_FOUND as [`within`]; CONFLICT where the lock is not to be had.
pub(crate) async fn lock(
    connection: &mut PgConnection,
    reach: Reach,
    id: TransformationId,
) -> Result<OwnTransformation> {
    // Strangers must not be able to make others wait.
    within(connection, reach, id).await?;
    sqlx::query!("SELECT id FROM transformation WHERE id = $1 FOR NO KEY UPDATE", id.uuid())
        .fetch_optional(&mut *connection)
        .await?;
    within(connection, reach, id).await
}

/// Writes that a transformation was cancelled; its row is locked.
///
/// # Errors
/// Internal where the row is not the one before this version: it was not locked.
pub(crate) async fn save_cancelled(connection: &mut PgConnection, cancelled: &Transformation) -> Result<()> {
    let saved = sqlx::query!(
        "UPDATE transformation SET version = $2, state = 'cancelled', ended_at = $3
         WHERE id = $1 AND version + 1 = $2 AND ended_at IS NULL",
        cancelled.id.uuid(),
        number(cancelled.version)?,
        cancelled.ended_at(),
    );
    match saved.execute(connection).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::internal(format!("transformation {} was cancelled without its lock", cancelled.id))),
    }
}

/// How many transformations of a client have not ended.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn open(connection: &mut PgConnection, owner: UserId) -> Result<u64> {
    let open = sqlx::query_scalar!(
        r#"SELECT count(*) AS "open!" FROM transformation WHERE owner_id = $1 AND ended_at IS NULL"#,
        owner.uuid(),
    );
    count(open.fetch_one(connection).await?)
}

/// What has changed: a transformation, and the batch that it belongs to.
pub(crate) type Changed = (TransformationId, Option<BatchId>);

/// Notes that a worker is at a job, whose transformations wait no longer.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn start(connection: &mut PgConnection, key: &JobKey, now: DateTime<Utc>) -> Result<Vec<Changed>> {
    let changed = sqlx::query!(
        "UPDATE transformation SET state = 'running', version = version + 1, started_at = $2
         WHERE key = $1 AND state = 'queued' RETURNING id, batch_id",
        &key.0[..],
        now,
    );
    let changed = changed.fetch_all(connection).await?.into_iter();
    Ok(changed.map(|row| (row.id.into(), row.batch_id.map(BatchId::from))).collect())
}

/// Ends the transformations of a job that has ended; its row is locked.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn end(
    connection: &mut PgConnection,
    key: &JobKey,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<Vec<Changed>> {
    let (state, failure) = match outcome {
        Outcome::Made(_) => ("succeeded", None),
        Outcome::Failed(failure) => ("failed", Some(failure)),
    };
    let changed = sqlx::query!(
        "UPDATE transformation SET state = $2, version = version + 1, failure_reason = $3, failure_message = $4,
             ended_at = $5
         WHERE key = $1 AND ended_at IS NULL RETURNING id, batch_id",
        &key.0[..],
        state,
        failure.map(|failure| failure.reason.wire_name()),
        failure.map(|failure| failure.message.as_str()),
        now,
    );
    let changed = changed.fetch_all(connection).await?.into_iter();
    Ok(changed.map(|row| (row.id.into(), row.batch_id.map(BatchId::from))).collect())
}

/// A page of transformations within reach, the newest first, older than `before`; those of a batch, where one is given.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list(
    connection: &mut PgConnection,
    reach: Reach,
    batch: Option<BatchId>,
    before: Option<TransformationId>,
    limit: i64,
) -> Result<Vec<Transformation>> {
    let before = before.map_or(Uuid::max(), TransformationId::uuid);
    let ids = match (reach, batch) {
        (Reach::Public, _) => Vec::new(),
        (reach, Some(batch)) => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM transformation WHERE batch_id = $1 AND ($2::uuid IS NULL OR owner_id = $2) AND id < $3
                 ORDER BY id DESC LIMIT $4",
                batch.uuid(),
                reach.owner().map(UserId::uuid),
                before,
                limit,
            );
            ids.fetch_all(&mut *connection).await?
        }
        (Reach::Own(owner), None) => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM transformation WHERE owner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                owner.uuid(),
                before,
                limit,
            );
            ids.fetch_all(&mut *connection).await?
        }
        (Reach::All, None) => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM transformation WHERE id < $1 ORDER BY id DESC LIMIT $2",
                before,
                limit
            );
            ids.fetch_all(&mut *connection).await?
        }
    };
    these(connection, &ids).await
}

/// The transformations with these ids that there are, the newest first.
async fn these(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Transformation>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.owner_id, t.batch_id, t.key, j.source_sha256, j.spec AS "spec: Json<Spec>", t.version,
                  t.state, j.renditions AS "renditions: Json<Vec<Rendition>>", t.failure_reason, t.failure_message,
                  t.created_at, t.started_at, t.ended_at
           FROM transformation t JOIN job j ON j.key = t.key WHERE t.id = ANY($1) ORDER BY t.id DESC"#,
        ids,
    );
    rows.fetch_all(connection).await?.into_iter().map(Transformation::try_from).collect()
}

fn not_found() -> Error {
    Error::not_found("transformation")
}
