//! What is known of tasks.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;

use super::{audiences, count, small, unreadable};
use crate::domain::{GoldRules, Spec, TaskState, Terms, stop_rule};

/// Notes that a task is there, and says whether it was not known. What is known of it already stays, its key of names
/// too.
pub async fn open(db: &mut PgConnection, task: TaskId, version: u64, spec: &Spec, names_key: &str) -> Result<bool> {
    let opened = sqlx::query!(
        "INSERT INTO task (task_id, version, owner_id, state, title, instructions, labels, redundancy, max_votes, confidence,
                           images, gold_accuracy, qualification, one_vote_per_network, names_key)
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (task_id) DO NOTHING",
        task.uuid(),
        version.cast_signed(),
        spec.owner_id.uuid(),
        spec.title,
        spec.instructions,
        spec.terms.labels(),
        small(spec.terms.stop().redundancy()),
        small(spec.terms.stop().max_votes()),
        spec.terms.stop().confidence().unwrap_or_default(),
        spec.images.cast_signed(),
        spec.gold.accuracy,
        small(spec.gold.qualification),
        spec.one_vote_per_network,
        names_key
    );
    Ok(opened.execute(db).await?.rows_affected() > 0)
}

/// Notes that a task has gold images, and the share of them that is handed out.
pub async fn has_gold(db: &mut PgConnection, task: TaskId, share: f64) -> Result<()> {
    sqlx::query!("UPDATE task SET gold_share = $2 WHERE task_id = $1 AND gold_share = 0", task.uuid(), share)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that an unknown task has ended: a tombstone, for what may come later. What is known stays.
pub async fn bury(db: &mut PgConnection, task: TaskId, version: u64, owner: UserId, state: TaskState) -> Result<()> {
    sqlx::query!(
        "INSERT INTO task (task_id, version, owner_id, state) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id) DO NOTHING",
        task.uuid(),
        version.cast_signed(),
        owner.uuid(),
        state.word()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Moves a known task to a later state, from which nothing is handed out. Waits for transactions that add images;
/// those that begin later see the state.
pub async fn advance(db: &mut PgConnection, task: TaskId, version: u64, to: TaskState) -> Result<bool> {
    let moved = sqlx::query!(
        "UPDATE task SET state = $3, version = greatest(version, $2), closing = closing OR $4
         WHERE task_id = $1 AND array_position(ARRAY['open', 'finishing', 'completed', 'cancelled'], state)
             < array_position(ARRAY['open', 'finishing', 'completed', 'cancelled'], $3)",
        task.uuid(),
        version.cast_signed(),
        to.word(),
        to.leaves_work()
    );
    let moved = moved.execute(&mut *db).await?.rows_affected() > 0;
    if moved {
        audiences::close(db, task).await?;
    }
    Ok(moved)
}

/// The state of a task, which stays as it is until the transaction ends.
pub async fn hold_state(db: &mut PgConnection, task: TaskId) -> Result<Option<TaskState>> {
    let word = sqlx::query_scalar!("SELECT state FROM task WHERE task_id = $1 FOR SHARE", task.uuid());
    let word = word.fetch_optional(db).await?;
    word.map(|word| TaskState::from_word(&word).ok_or_else(|| unreadable("state of a task"))).transpose()
}

/// What is known of a task that a caller's permission reaches. Only [`within`] makes one: what takes it can't be done
/// with a stranger's task.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTask {
    task_id: TaskId,
    owner_id: UserId,
    /// Where it stands.
    pub state: TaskState,
    /// The labels and the rule; none where it ended before it was heard of.
    pub terms: Option<Terms>,
    /// How many images it has, where that was said.
    pub images: Option<u64>,
    /// Whether it is known that they have all arrived.
    pub arrived: bool,
    /// The newest snapshot of its operators; 0 where there is none.
    pub snapshot: u32,
    /// How it uses gold images.
    pub gold: GoldRules,
}

impl OwnTask {
    /// The task's id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.task_id
    }

    /// Who owns it.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.owner_id
    }
}

/// The task of this id, as far as a caller's permission reaches. The service's own work reaches all.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's.
pub async fn within(db: &mut PgConnection, reach: Reach, task: TaskId) -> Result<OwnTask> {
    let row = sqlx::query!(
        r#"SELECT owner_id AS "owner_id: UserId", state, labels, redundancy, max_votes, confidence,
                  images, arrived, snapshot, gold_share, gold_accuracy, qualification
           FROM task WHERE task_id = $1 AND NOT deleted"#,
        task.uuid()
    );
    // One row by its key: whether it is reached is decided here, and gives the same answer as if there were none.
    let row = row.fetch_optional(db).await?.filter(|row| reach.covers(row.owner_id));
    let row = row.ok_or_else(|| Error::not_found("task that was submitted"))?;
    let stop = stop_rule(count(row.redundancy), count(row.max_votes), row.confidence).ok();
    Ok(OwnTask {
        task_id: task,
        owner_id: row.owner_id,
        state: TaskState::from_word(&row.state).ok_or_else(|| unreadable("state of a task"))?,
        terms: stop.map(|stop| Terms::new(row.labels, stop)),
        images: row.images.map(i64::unsigned_abs),
        arrived: row.arrived,
        snapshot: row.snapshot.unsigned_abs(),
        gold: GoldRules { share: row.gold_share, accuracy: row.gold_accuracy, qualification: count(row.qualification) },
    })
}

/// Whether as many images of a task have arrived as it has. Counts them until they have.
pub async fn has_arrived(db: &mut PgConnection, task: &OwnTask) -> Result<bool> {
    let Some(images) = task.images else { return Ok(true) };
    if task.arrived {
        return Ok(true);
    }
    let arrived = sqlx::query!(
        "UPDATE task SET arrived = true
         WHERE task_id = $1 AND (SELECT count(*) FROM subtask WHERE task_id = $1) >= $2",
        task.id().uuid(),
        images.cast_signed()
    );
    Ok(arrived.execute(db).await?.rows_affected() > 0)
}

/// Whether an image of a task is still open.
pub async fn has_open(db: &mut PgConnection, task: &OwnTask) -> Result<bool> {
    // The open ones are the first ones of the index.
    let closed = sqlx::query_scalar!(
        "SELECT closed FROM subtask WHERE task_id = $1 ORDER BY closed::integer LIMIT 1",
        task.id().uuid()
    );
    Ok(closed.fetch_optional(db).await? == Some(false))
}

/// A task that has ended and may have images left to close.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The task.
    pub task_id: TaskId,
    /// How it ended.
    pub state: TaskState,
    /// What its images are closed by; a tombstone has none.
    pub terms: Option<Terms>,
    /// The newest snapshot of its operators; 0 where there is none.
    pub snapshot: u32,
}

/// The tasks that have ended and may have images left to close.
pub async fn closing(db: &mut PgConnection, limit: i64) -> Result<Vec<Ended>> {
    let rows = sqlx::query!(
        r#"SELECT task_id AS "task_id: TaskId", state, labels, redundancy, max_votes, confidence, snapshot
           FROM task
           WHERE closing ORDER BY task_id LIMIT $1"#,
        limit
    );
    let rows = rows.fetch_all(db).await?;
    let tasks = rows.into_iter().map(|row| {
        let state = TaskState::from_word(&row.state).ok_or_else(|| unreadable("state of a task"))?;
        let stop = stop_rule(count(row.redundancy), count(row.max_votes), row.confidence).ok();
        let terms = stop.map(|stop| Terms::new(row.labels, stop));
        Ok(Ended { task_id: row.task_id, state, terms, snapshot: row.snapshot.unsigned_abs() })
    });
    tasks.collect()
}

/// Notes that nothing is left to close, if so. Images that are added later are closed at once or not created.
pub async fn closed(db: &mut PgConnection, task: TaskId) -> Result<()> {
    sqlx::query!(
        "UPDATE task SET closing = false
         WHERE task_id = $1
             AND (SELECT closed FROM subtask WHERE task_id = $1 ORDER BY closed::integer LIMIT 1) IS NOT FALSE",
        task.uuid()
    )
    .execute(db)
    .await?;
    Ok(())
}
