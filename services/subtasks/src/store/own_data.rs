//! What is stored about a user, as they take it away.
//!
//! Neither whether a vote counts, nor which images are gold or only for show is read: whoever knew it would know what
//! to label with care.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What became of an image in an operator's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The image: never shown but by the operator's name for it.
    pub subtask_id: SubtaskId,
    /// The task.
    pub task_id: TaskId,
    /// `leased`, `lapsed`, `skipped` or `voted`, which stands for every vote.
    pub state: String,
    /// The end of the last lease.
    pub expires_at: DateTime<Utc>,
    /// Since when the operator has had it.
    pub held_since: Option<DateTime<Utc>>,
    /// Why it was skipped.
    pub skip_reason: Option<String>,
    /// What was voted.
    pub label: Option<String>,
    /// When it was voted for at first.
    pub given_at: Option<DateTime<Utc>>,
    /// When the vote was last revised.
    pub voted_at: Option<DateTime<Utc>>,
}

/// A place in the order of an operator's images that have no vote.
pub type Place = (TaskId, SubtaskId);

fn place(after: Option<Place>) -> (Uuid, Uuid) {
    after.map_or((Uuid::nil(), Uuid::nil()), |(task, image)| (task.uuid(), image.uuid()))
}

/// What an operator holds or may be handed again, behind a place.
pub async fn in_hands(
    db: &mut PgConnection,
    operator: UserId,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Assignment>> {
    let (task, image) = place(after);
    // One list of both, so that what is given back or leased again while it is read keeps its place in it.
    let rows = sqlx::query_as!(
        Assignment,
        r#"SELECT subtask_id AS "subtask_id!: SubtaskId", task_id AS "task_id!: TaskId", state AS "state!",
                  expires_at AS "expires_at!", held_since AS "held_since?", NULL::text AS skip_reason,
                  NULL::text AS label, NULL::timestamptz AS given_at, NULL::timestamptz AS voted_at
           FROM (SELECT subtask_id, task_id, state, expires_at, held_since FROM assignment
                 WHERE operator_id = $1 AND state = 'leased'
                 UNION ALL
                 SELECT subtask_id, task_id, state, expires_at, held_since FROM assignment
                 WHERE operator_id = $1 AND state = 'lapsed' AND task_id >= $2) a
           WHERE (task_id, subtask_id) > ($2, $3)
           ORDER BY task_id, subtask_id LIMIT $4"#,
        operator.uuid(),
        task,
        image,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// What an operator has skipped, behind a place.
pub async fn skipped(
    db: &mut PgConnection,
    operator: UserId,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Assignment>> {
    let (task, image) = place(after);
    // Skips have no `given_at`, by which their index has them together in each task.
    let rows = sqlx::query_as!(
        Assignment,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", task_id AS "task_id: TaskId", state, expires_at, held_since,
                  skip_reason, NULL::text AS label, NULL::timestamptz AS given_at, NULL::timestamptz AS voted_at
           FROM assignment
           WHERE operator_id = $1 AND task_id >= $2 AND (task_id, subtask_id) > ($2, $3) AND given_at IS NULL
             AND state IN ('voted', 'surplus', 'skipped') AND state = 'skipped'
           ORDER BY task_id, subtask_id LIMIT $4"#,
        operator.uuid(),
        task,
        image,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// A place in the order of an operator's votes: a task, and a vote in the order in which they were given there.
pub type VotePlace = (TaskId, DateTime<Utc>, SubtaskId);

/// What an operator has voted, behind a place.
pub async fn voted(
    db: &mut PgConnection,
    operator: UserId,
    after: Option<VotePlace>,
    limit: i64,
) -> Result<Vec<Assignment>> {
    let start = (Uuid::nil(), DateTime::UNIX_EPOCH, Uuid::nil());
    let (task, given_at, image) = after.map_or(start, |(task, at, image)| (task.uuid(), at, image.uuid()));
    // Skips have their place in the index too, hence both conditions.
    let rows = sqlx::query_as!(
        Assignment,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", task_id AS "task_id: TaskId", 'voted' AS "state!", expires_at,
                  held_since, NULL::text AS skip_reason, label, given_at, voted_at
           FROM assignment
           WHERE operator_id = $1 AND (task_id, given_at, subtask_id) > ($2, $3, $4)
             AND state IN ('voted', 'surplus', 'skipped') AND state <> 'skipped'
           ORDER BY task_id, given_at, subtask_id LIMIT $5"#,
        operator.uuid(),
        task,
        given_at,
        image,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// A lease that ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapse {
    /// The image: never shown but by the operator's name for it.
    pub subtask_id: SubtaskId,
    /// When.
    pub lapsed_at: DateTime<Utc>,
}

/// An operator's leases that ran out, behind one, in the order in which they did.
pub async fn lapses(
    db: &mut PgConnection,
    operator: UserId,
    after: Option<(DateTime<Utc>, SubtaskId)>,
    limit: i64,
) -> Result<Vec<Lapse>> {
    let (at, image) = after.map_or((DateTime::UNIX_EPOCH, Uuid::nil()), |(at, image)| (at, image.uuid()));
    let rows = sqlx::query_as!(
        Lapse,
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", lapsed_at FROM lapse
           WHERE operator_id = $1 AND (lapsed_at, subtask_id) > ($2, $3) ORDER BY lapsed_at, subtask_id LIMIT $4"#,
        operator.uuid(),
        at,
        image,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// How an operator stands in a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The task.
    pub task_id: TaskId,
    /// How many images they were handed.
    pub seen: i32,
    /// How many they have skipped.
    pub skips: i32,
    /// How often they were paused.
    pub pauses: i32,
    /// Since when they are.
    pub paused_at: Option<DateTime<Utc>>,
    /// Since when they are excluded.
    pub excluded_at: Option<DateTime<Utc>>,
    /// How many gold images are labeled right; none before the end of the task.
    pub gold_right: Option<i32>,
    /// How many wrong.
    pub gold_wrong: Option<i32>,
}

/// How an operator stands in tasks behind one, in the order of their ids.
pub async fn standings(
    db: &mut PgConnection,
    operator: UserId,
    after: Option<TaskId>,
    limit: i64,
) -> Result<Vec<Standing>> {
    let rows = sqlx::query_as!(
        Standing,
        r#"SELECT s.task_id AS "task_id: TaskId", s.seen, s.skips, s.pauses, s.paused_at, s.excluded_at,
                  CASE WHEN t.state IN ('completed', 'cancelled') THEN s.right_answers END AS gold_right,
                  CASE WHEN t.state IN ('completed', 'cancelled') THEN s.wrong_answers END AS gold_wrong
           FROM standing s LEFT JOIN task t ON t.task_id = s.task_id
           WHERE s.operator_id = $1 AND s.task_id > $2 ORDER BY s.task_id LIMIT $3"#,
        operator.uuid(),
        after.map_or(Uuid::nil(), TaskId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// A label that somebody has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The task.
    pub task_id: TaskId,
    /// The image.
    pub subtask_id: SubtaskId,
    /// The version of the decision.
    pub version: i64,
    /// The label.
    pub label: Option<String>,
    /// What they had to say.
    pub comment: String,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// Whether another decision stands in its place.
    pub replaced: bool,
}

/// The labels that somebody has set, behind an image and a version.
pub async fn rulings(
    db: &mut PgConnection,
    person: UserId,
    after: Option<(SubtaskId, i64)>,
    limit: i64,
) -> Result<Vec<Ruling>> {
    let (image, version) = after.map_or((Uuid::nil(), 0), |(image, version)| (image.uuid(), version));
    // One list of both, so that what is replaced while it is read keeps its place in it.
    let rows = sqlx::query_as!(
        Ruling,
        r#"SELECT s.task_id AS "task_id!: TaskId", d.subtask_id AS "subtask_id!: SubtaskId", d.version AS "version!",
                  d.label AS "label?", d.comment AS "comment!", d.decided_at AS "decided_at!",
                  d.replaced AS "replaced!"
           FROM (SELECT subtask_id, version, label, comment, decided_at, false AS replaced FROM decision
                 WHERE decided_by = $1 AND subtask_id >= $2
                 UNION ALL
                 SELECT subtask_id, version, label, comment, decided_at, true AS replaced FROM former_decision
                 WHERE decided_by = $1 AND subtask_id >= $2) d
           JOIN subtask s ON s.subtask_id = d.subtask_id
           WHERE (d.subtask_id, d.version) > ($2, $3)
           ORDER BY d.subtask_id, d.version LIMIT $4"#,
        person.uuid(),
        image,
        version,
        limit
    );
    Ok(rows.fetch_all(db).await?)
}
