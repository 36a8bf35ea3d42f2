//! Images to be labeled, under lock, and their counters.

use std::collections::{HashMap, HashSet};

use labelmesh_errors::{Error, Result};
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{count, small, tasks::OwnTask, unreadable};
use crate::domain::{Closed, Closing, Lane, Ring, Slots, TaskState, Terms, stop_rule};

/// An image under lock, with what its task has fixed.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Its task.
    pub task_id: TaskId,
    /// Who owns that.
    pub owner_id: UserId,
    /// Whether it takes one vote alone from a source network.
    pub one_vote_per_network: bool,
    /// Its places.
    pub slots: Slots,
    /// How many operators have skipped it.
    pub skips: u32,
    /// The version of the last event about it.
    pub version: u64,
    /// Where the task stands when the image is locked; the task itself is not locked.
    pub task_state: TaskState,
    /// What a vote is judged by.
    pub terms: Terms,
    /// The newest snapshot of the task's operators; 0 where there is none.
    pub snapshot: u32,
    /// Its label where that was known beforehand.
    pub gold_label: Option<String>,
}

impl Locked {
    /// Ends its labeling, in memory.
    pub fn close(&mut self, closing: Closing) -> Closed {
        self.slots = self.slots.closed();
        self.version += 1;
        Closed { subtask_id: self.subtask_id, version: self.version, closing }
    }
}

/// What a change to an image does to its place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// It stays where it is.
    Stay,
    /// A place became free that was taken before, or one was added: to the end of a lane.
    To(Lane),
}

impl Queue {
    /// The number of the lane to whose end the image goes. What is closed is in no queue.
    fn lane(self, image: &Locked) -> Option<i16> {
        match self {
            Self::To(lane) if !image.slots.closed => Some(lane.number()),
            _ => None,
        }
    }
}

/// An image of a task that a caller's permission reaches. Only [`within`] makes one: what takes it can't be done with a
/// stranger's image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnImage(SubtaskId);

impl OwnImage {
    /// The image's id.
    #[must_use]
    pub fn id(self) -> SubtaskId {
        self.0
    }
}

/// The image of this id, if it is the task's.
///
/// # Errors
/// NOT_FOUND where it is not.
pub async fn within(db: &mut PgConnection, task: &OwnTask, subtask: SubtaskId) -> Result<OwnImage> {
    let found = sqlx::query_scalar!(
        r#"SELECT task_id AS "task_id: TaskId" FROM subtask WHERE subtask_id = $1"#,
        subtask.uuid()
    );
    match found.fetch_optional(db).await? {
        Some(of) if of == task.id() => Ok(OwnImage(subtask)),
        _ => Err(Error::not_found("image")),
    }
}

/// Locks images in the order of their ids; those that do not exist are left out.
pub async fn lock(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<Vec<Locked>> {
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", task_id AS "task_id: TaskId", wanted, votes, leases, closed,
                  skips, version, gold_label
           FROM subtask WHERE subtask_id = ANY($1) ORDER BY subtask_id
           FOR NO KEY UPDATE"#,
        subtasks
    );
    let rows = rows.fetch_all(&mut *db).await?;
    // After the locks, for which the statement above may have waited long, and once for images of one task.
    let tasks = fixed(db, rows.iter().map(|row| row.task_id).collect()).await?;
    let locked = rows.into_iter().map(|row| {
        let task = tasks.get(&row.task_id).ok_or_else(|| unreadable("task of an image"))?;
        Ok(Locked {
            subtask_id: row.subtask_id,
            task_id: row.task_id,
            owner_id: task.owner_id,
            one_vote_per_network: task.one_vote_per_network,
            slots: Slots {
                wanted: count(row.wanted),
                votes: count(row.votes),
                leases: count(row.leases),
                closed: row.closed,
            },
            skips: row.skips.unsigned_abs(),
            version: row.version.unsigned_abs(),
            task_state: task.state,
            terms: task.terms.clone(),
            snapshot: task.snapshot,
            gold_label: row.gold_label,
        })
    });
    locked.collect()
}

/// What a task has fixed for its images.
struct Fixed {
    owner_id: UserId,
    one_vote_per_network: bool,
    state: TaskState,
    terms: Terms,
    snapshot: u32,
}

async fn fixed(db: &mut PgConnection, tasks: HashSet<TaskId>) -> Result<HashMap<TaskId, Fixed>> {
    let tasks: Vec<Uuid> = tasks.into_iter().map(TaskId::uuid).collect();
    let rows = sqlx::query!(
        r#"SELECT task_id AS "task_id: TaskId", owner_id AS "owner_id: UserId", one_vote_per_network, state, labels,
                  redundancy, max_votes, confidence, snapshot
           FROM task WHERE task_id = ANY($1)"#,
        &tasks
    );
    let rows = rows.fetch_all(db).await?.into_iter().map(|row| {
        let stop = stop_rule(count(row.redundancy), count(row.max_votes), row.confidence);
        let state = TaskState::from_word(&row.state).ok_or_else(|| unreadable("state of a task"))?;
        let terms = Terms::new(row.labels, stop.map_err(|_| unreadable("policy"))?);
        let (owner_id, one_vote_per_network) = (row.owner_id, row.one_vote_per_network);
        let snapshot = row.snapshot.unsigned_abs();
        Ok((row.task_id, Fixed { owner_id, one_vote_per_network, state, terms, snapshot }))
    });
    rows.collect()
}

/// Writes the counters of a locked image.
pub async fn save(db: &mut PgConnection, image: &Locked, queue: Queue) -> Result<()> {
    sqlx::query!(
        "UPDATE subtask
         SET wanted = $2, votes = $3, leases = $4, closed = $5, skips = $6, version = $7,
             lane = coalesce($8, lane), pos = CASE WHEN $8::smallint IS NULL THEN pos ELSE nextval('queue_pos') END
         WHERE subtask_id = $1",
        image.subtask_id.uuid(),
        small(image.slots.wanted),
        small(image.slots.votes),
        small(image.slots.leases),
        image.slots.closed,
        i32::try_from(image.skips).unwrap_or(i32::MAX),
        image.version.cast_signed(),
        queue.lane(image)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the counters of many locked images.
pub async fn save_all(db: &mut PgConnection, images: &[(&Locked, Queue)]) -> Result<()> {
    let ids: Vec<Uuid> = images.iter().map(|(image, _)| image.subtask_id.uuid()).collect();
    let count = |of: fn(&Slots) -> u16| images.iter().map(|(image, _)| small(of(&image.slots))).collect::<Vec<i16>>();
    let (wanted, votes, leases) =
        (count(|slots| slots.wanted), count(|slots| slots.votes), count(|slots| slots.leases));
    let closed: Vec<bool> = images.iter().map(|(image, _)| image.slots.closed).collect();
    let versions: Vec<i64> = images.iter().map(|(image, _)| image.version.cast_signed()).collect();
    let lanes: Vec<Option<i16>> = images.iter().map(|(image, queue)| queue.lane(image)).collect();
    sqlx::query!(
        "UPDATE subtask
         SET wanted = image.wanted, votes = image.votes, leases = image.leases, closed = image.closed,
             version = image.version, lane = coalesce(image.lane, subtask.lane),
             pos = CASE WHEN image.lane IS NULL THEN pos ELSE nextval('queue_pos') END
         FROM unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::smallint[], $5::boolean[], $6::bigint[],
                     $7::smallint[]) AS image (subtask_id, wanted, votes, leases, closed, version, lane)
         WHERE subtask.subtask_id = image.subtask_id",
        &ids,
        &wanted,
        &votes,
        &leases,
        &closed,
        &versions,
        &lanes as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Moves locked images that are open to the ends of lanes, one behind the other.
pub async fn requeue(db: &mut PgConnection, images: &[(SubtaskId, Lane)]) -> Result<()> {
    if images.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = images.iter().map(|(image, _)| image.uuid()).collect();
    let lanes: Vec<i16> = images.iter().map(|(_, lane)| lane.number()).collect();
    sqlx::query!(
        "UPDATE subtask SET lane = image.lane, pos = image.pos
         FROM (SELECT subtask_id, lane, nextval('queue_pos') AS pos
               FROM unnest($1::uuid[], $2::smallint[]) AS moved (subtask_id, lane)) image
         WHERE subtask.subtask_id = image.subtask_id",
        &ids,
        &lanes
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An image to be labeled.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// The image's id.
    pub subtask_id: SubtaskId,
    /// The key of its bytes.
    pub blob_key: String,
    /// What the bytes are.
    pub media_type: String,
    /// Its label where that is known beforehand, and for what it is handed out.
    pub gold: Option<(String, Ring)>,
}

/// Creates the images that do not exist yet, at the end of the queue in the order given, and answers with them.
pub async fn insert(
    db: &mut PgConnection,
    task: TaskId,
    wanted: u16,
    closed: bool,
    images: &[NewImage],
) -> Result<Vec<SubtaskId>> {
    let ids: Vec<Uuid> = images.iter().map(|image| image.subtask_id.uuid()).collect();
    let keys: Vec<String> = images.iter().map(|image| image.blob_key.clone()).collect();
    let types: Vec<String> = images.iter().map(|image| image.media_type.clone()).collect();
    // Closed at once, they are decided by the event of the same transaction: its version is 1.
    let rows = sqlx::query_scalar!(
        r#"INSERT INTO subtask (subtask_id, task_id, wanted, closed, version, blob_key, media_type)
           SELECT image.subtask_id, $1, $2, $3, CASE WHEN $3 THEN 1 ELSE 0 END, image.blob_key, image.media_type
           FROM unnest($4::uuid[], $5::text[], $6::text[]) WITH ORDINALITY
               AS image (subtask_id, blob_key, media_type, number)
           ORDER BY image.number
           ON CONFLICT (subtask_id) DO NOTHING
           RETURNING subtask_id AS "subtask_id: SubtaskId""#,
        task.uuid(),
        small(wanted),
        closed,
        &ids,
        &keys,
        &types
    );
    Ok(rows.fetch_all(db).await?)
}
