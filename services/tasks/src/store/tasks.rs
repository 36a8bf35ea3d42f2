//! The rows of tasks.

use std::ops::Deref;

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    audiences::{ids, restored},
    count, number,
};
use crate::domain::{Draft, GoldRules, Labeling, Policy, Progress, State, Task};

struct Row {
    id: Uuid,
    owner_id: Uuid,
    title: String,
    instructions: String,
    labels: Vec<String>,
    redundancy: i32,
    max_votes: i32,
    confidence: f64,
    gold_share: f64,
    gold_accuracy: f64,
    qualification: i32,
    one_vote_per_network: bool,
    audience_open: bool,
    audience_groups: Vec<Uuid>,
    audience_operators: Vec<Uuid>,
    audience_version: i64,
    version: i64,
    state: String,
    created_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    images: i64,
    finishing: bool,
    decided: i64,
    contested: i64,
    undecided: i64,
    starved: i64,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn labeling(&self) -> Result<Option<Labeling>> {
        let Some(submitted_at) = self.submitted_at else { return Ok(None) };
        let progress = Progress {
            decided: count(self.decided)?,
            contested: count(self.contested)?,
            undecided: count(self.undecided)?,
            starved: count(self.starved)?,
        };
        Ok(Some(Labeling { submitted_at, images: count(self.images)?, finishing: self.finishing, progress }))
    }

    fn state(&self) -> Result<State> {
        let images = count(self.images)?;
        match (self.state.as_str(), self.labeling()?, self.ended_at) {
            ("draft", None, None) => Ok(State::Draft { images }),
            ("open", Some(labeling), None) => Ok(State::Open(labeling)),
            ("completed", Some(labeling), Some(ended_at)) => Ok(State::Completed { labeling, ended_at }),
            ("cancelled", labeling, Some(ended_at)) => Ok(State::Cancelled { images, labeling, ended_at }),
            (state, ..) => Err(Error::internal(format!("task {} is in no possible state: {state}", self.id))),
        }
    }
}

impl TryFrom<Row> for Task {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let state = row.state()?;
        let votes = |number: i32| u32::try_from(number).map_err(Error::internal);
        let gold = GoldRules::restored(row.gold_share, row.gold_accuracy, votes(row.qualification)?);
        let policy = Policy::restored(votes(row.redundancy)?, votes(row.max_votes)?, row.confidence)
            .with_gold(gold)
            .with_one_vote_per_network(row.one_vote_per_network);
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            draft: Draft::restored(row.title, row.instructions, row.labels, policy),
            audience: restored(row.audience_open, row.audience_groups, row.audience_operators),
            audience_version: count(row.audience_version)?,
            created_at: row.created_at,
            version: count(row.version)?,
            state,
        })
    }
}

/// Writes a new task.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn insert(connection: &mut PgConnection, task: &Task) -> Result<()> {
    let policy = task.draft.policy();
    let (groups, operators) = ids(&task.audience);
    sqlx::query!(
        "INSERT INTO task (id, owner_id, title, instructions, labels, redundancy, max_votes, confidence, version,
                           created_at, gold_share, gold_accuracy, qualification, one_vote_per_network, audience_open,
                           audience_groups, audience_operators, audience_version, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'draft')",
        task.id.uuid(),
        task.owner.uuid(),
        task.draft.title(),
        task.draft.instructions(),
        task.draft.labels(),
        i32::try_from(policy.redundancy()).map_err(Error::internal)?,
        i32::try_from(policy.max_votes()).map_err(Error::internal)?,
        policy.confidence(),
        number(task.version)?,
        task.created_at,
        policy.gold().share(),
        policy.gold().accuracy(),
        i32::try_from(policy.gold().qualification()).map_err(Error::internal)?,
        policy.one_vote_per_network(),
        task.audience.is_open(),
        &groups,
        &operators,
        number(task.audience_version)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A task that a caller's permission reaches. Only this module makes one: what takes it can't be done with a
/// stranger's.
#[derive(Debug, Clone)]
pub(crate) struct OwnTask(Task);

impl OwnTask {
    /// The task, to go on with the transition that it makes or to answer with it.
    pub(crate) fn into_task(self) -> Task {
        self.0
    }
}

impl Deref for OwnTask {
    type Target = Task;

    fn deref(&self) -> &Task {
        &self.0
    }
}

/// The task of this id, as far as the caller's permission reaches.
///
/// # Errors
/// NOT_FOUND where there is none, or it is not the caller's to see.
pub(crate) async fn within(connection: &mut PgConnection, reach: Reach, id: TaskId) -> Result<OwnTask> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, owner_id, title, instructions, labels, redundancy, max_votes, confidence, gold_share,
                  gold_accuracy, qualification, one_vote_per_network, audience_open, audience_groups,
                  audience_operators, audience_version, version, state, created_at, submitted_at,
                  coalesce(images, (SELECT sum(n.images) FROM image_count AS n WHERE n.task_id = task.id)::bigint, 0)
                      AS "images!",
                  finishing, decided, contested, undecided, starved, ended_at
           FROM task WHERE id = $1 AND deleted_at IS NULL"#,
        id.uuid(),
    )
    .fetch_optional(connection)
    .await?;
    // One row by its key: whether it is within reach is decided here, and gives the same answer as if there were none.
    match row {
        Some(row) if reach.covers(row.owner_id.into()) => row.try_into().map(OwnTask),
        _ => Err(not_found()),
    }
}

/// The same, locked until the transaction ends: nothing about the task can change, nor can images be added.
///
/// # Errors
/// NOT_FOUND as [`within`]; CONFLICT where the lock is not to be had.
pub(crate) async fn lock(connection: &mut PgConnection, reach: Reach, id: TaskId) -> Result<OwnTask> {
    let owner = sqlx::query_scalar!("SELECT owner_id FROM task WHERE id = $1", id.uuid());
    let owner = owner.fetch_optional(&mut *connection).await?;
    // Strangers must not be able to make others wait.
    if !owner.is_some_and(|owner| reach.covers(UserId::from(owner))) {
        return Err(not_found());
    }
    lock_all(connection, &[id.uuid()]).await?;
    // A statement of its own: its view of the images is from after the lock.
    within(connection, reach, id).await
}

/// The tasks with these ids that there are, locked in the order of their ids.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn lock_many(connection: &mut PgConnection, ids: &[TaskId]) -> Result<Vec<Task>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let present = lock_all(connection, &ids).await?;
    let mut tasks = Vec::with_capacity(present.len());
    for id in present {
        tasks.push(within(connection, Reach::All, id.into()).await?.into_task());
    }
    Ok(tasks)
}

async fn lock_all(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM task WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE",
        ids
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Writes what a transition changed; the row is locked.
///
/// # Errors
/// Internal where the row is not the one before this version: it was not locked.
pub(crate) async fn save(connection: &mut PgConnection, task: &Task) -> Result<()> {
    let state = match task.state {
        State::Draft { .. } => "draft",
        State::Open(_) => "open",
        State::Completed { .. } => "completed",
        State::Cancelled { .. } => "cancelled",
    };
    let labeling = task.labeling();
    let progress = task.progress();
    let (groups, operators) = ids(&task.audience);
    let saved = sqlx::query!(
        "UPDATE task SET version = $2, state = $3, submitted_at = $4, images = $5, finishing = $6,
             decided = $7, contested = $8, undecided = $9, starved = $10, ended_at = $11, audience_open = $12,
             audience_groups = $13, audience_operators = $14, audience_version = $15
         WHERE id = $1 AND version + 1 = $2",
        task.id.uuid(),
        number(task.version)?,
        state,
        labeling.map(|labeling| labeling.submitted_at),
        labeling.map(|labeling| number(labeling.images)).transpose()?,
        labeling.is_some_and(|labeling| labeling.finishing),
        number(progress.decided)?,
        number(progress.contested)?,
        number(progress.undecided)?,
        number(progress.starved)?,
        task.ended_at(),
        task.audience.is_open(),
        &groups,
        &operators,
        number(task.audience_version)?,
    )
    .execute(connection)
    .await?;
    if saved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::internal(format!("task {} was saved without its lock", task.id)))
    }
}

/// Writes what a draft says now; its row is locked.
///
/// # Errors
/// Internal where the row is not the one before this version: it was not locked.
pub(crate) async fn rewrite(connection: &mut PgConnection, task: &Task) -> Result<()> {
    let policy = task.draft.policy();
    let saved = sqlx::query!(
        "UPDATE task SET version = $2, title = $3, instructions = $4, labels = $5, redundancy = $6, max_votes = $7,
             confidence = $8, gold_share = $9, gold_accuracy = $10, qualification = $11, one_vote_per_network = $12
         WHERE id = $1 AND version + 1 = $2 AND state = 'draft'",
        task.id.uuid(),
        number(task.version)?,
        task.draft.title(),
        task.draft.instructions(),
        task.draft.labels(),
        i32::try_from(policy.redundancy()).map_err(Error::internal)?,
        i32::try_from(policy.max_votes()).map_err(Error::internal)?,
        policy.confidence(),
        policy.gold().share(),
        policy.gold().accuracy(),
        i32::try_from(policy.gold().qualification()).map_err(Error::internal)?,
        policy.one_vote_per_network(),
    )
    .execute(connection)
    .await?;
    if saved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::internal(format!("task {} was changed without its lock", task.id)))
    }
}

/// A page of tasks within reach, the newest first, older than `before`.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list(
    connection: &mut PgConnection,
    reach: Reach,
    before: Option<TaskId>,
    limit: i64,
) -> Result<Vec<Task>> {
    let before = before.map_or(Uuid::max(), TaskId::uuid);
    let ids = match reach {
        Reach::Public => Vec::new(),
        Reach::Own(owner) => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM task WHERE owner_id = $1 AND deleted_at IS NULL AND id < $2 ORDER BY id DESC LIMIT $3",
                owner.uuid(),
                before,
                limit,
            );
            ids.fetch_all(&mut *connection).await?
        }
        Reach::All => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM task WHERE deleted_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2",
                before,
                limit,
            );
            ids.fetch_all(&mut *connection).await?
        }
    };
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, owner_id, title, instructions, labels, redundancy, max_votes, confidence, gold_share,
                  gold_accuracy, qualification, one_vote_per_network, audience_open, audience_groups,
                  audience_operators, audience_version, version, state, created_at, submitted_at,
                  coalesce(images, (SELECT sum(n.images) FROM image_count AS n WHERE n.task_id = task.id)::bigint, 0)
                      AS "images!",
                  finishing, decided, contested, undecided, starved, ended_at
           FROM task WHERE id = ANY($1) ORDER BY id DESC"#,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Task::try_from).collect()
}

fn not_found() -> Error {
    Error::not_found("task")
}
