//! Leases: taken, held, extended, lapsed. Nothing here ever waits for another operator's lock, save `extend`.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tasks::OwnTask;
use crate::domain::{Lane, LeaseTimes, Stretch, WINDOW, Window};

/// How many leases of others are looked at to explain a shortage.
const COUNTED: i64 = 1_000;

/// An image in an operator's hands. No file name, and nobody's vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Its task.
    pub task_id: TaskId,
    /// When the lease ends.
    pub expires_at: DateTime<Utc>,
    /// The key of the bytes.
    pub blob_key: String,
    /// What the bytes are.
    pub media_type: String,
}

/// What is to be known of a task in order to label its images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The task.
    pub task_id: TaskId,
    /// Its title.
    pub title: String,
    /// What the operator should know.
    pub instructions: String,
    /// The labels to choose from.
    pub labels: Vec<String>,
}

impl Texts {
    /// How many bytes they take.
    #[must_use]
    pub fn size(&self) -> usize {
        self.title.len() + self.instructions.len() + self.labels.iter().map(String::len).sum::<usize>()
    }
}

/// Takes back at most `limit` leases that have run out, and says how many. Each is noted against its operator, unless
/// there was nothing left to label under it.
pub async fn lapse(db: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64> {
    // Locked images are left to the next call, so that nobody waits and no order of locks is broken. The time is
    // asked for again under the lock: the lease may have been extended meanwhile.
    let lapsed = sqlx::query_scalar!(
        r#"WITH due AS MATERIALIZED (
               SELECT subtask_id, operator_id FROM assignment
               WHERE state = 'leased' AND expires_at <= $1 ORDER BY expires_at LIMIT $2),
           locked AS MATERIALIZED (
               SELECT subtask_id FROM subtask WHERE subtask_id IN (SELECT subtask_id FROM due)
               FOR NO KEY UPDATE SKIP LOCKED),
           lapsed AS (
               UPDATE assignment a SET state = 'lapsed' FROM due JOIN locked USING (subtask_id)
               WHERE a.subtask_id = due.subtask_id AND a.operator_id = due.operator_id
                   AND a.state = 'leased' AND a.expires_at <= $1
               RETURNING a.subtask_id, a.operator_id, a.task_id, a.expires_at, a.trial),
           noted AS (
               INSERT INTO lapse (operator_id, lapsed_at, subtask_id)
               SELECT l.operator_id, l.expires_at, l.subtask_id
               FROM lapsed l JOIN subtask s USING (subtask_id) JOIN task t ON t.task_id = l.task_id
               WHERE t.state = 'open' AND (NOT s.closed OR s.gold_label IS NOT NULL OR l.trial)
                   AND NOT EXISTS (SELECT FROM standing p WHERE p.task_id = l.task_id
                                   AND p.operator_id = l.operator_id AND p.paused_at IS NOT NULL)
               ON CONFLICT DO NOTHING),
           freed AS (
               UPDATE subtask s
               SET leases = s.leases - gone.leases, lane = CASE WHEN closed THEN lane ELSE 0 END,
                   pos = CASE WHEN closed THEN pos ELSE nextval('queue_pos') END
               FROM (SELECT subtask_id, count(*) AS leases FROM lapsed GROUP BY subtask_id) gone
               WHERE s.subtask_id = gone.subtask_id
               RETURNING s.subtask_id)
           SELECT count(*) AS "lapsed!" FROM lapsed, (SELECT count(*) FROM freed) AS done"#,
        now,
        limit
    );
    Ok(lapsed.fetch_one(db).await?.unsigned_abs())
}

/// What an operator holds; the leases that end first come first. What was closed or cancelled is not worth labeling any
/// more, nor what is of a task in which the operator is paused; gold images, which are closed from the start, and what
/// is handed out for show, as long as their task is open.
pub async fn held(db: &mut PgConnection, operator: UserId, now: DateTime<Utc>) -> Result<Vec<Held>> {
    let held = sqlx::query_as!(
        Held,
        r#"SELECT a.subtask_id AS "subtask_id: SubtaskId", a.task_id AS "task_id: TaskId", a.expires_at,
                  s.blob_key, s.media_type
           FROM assignment a
           JOIN subtask s ON s.subtask_id = a.subtask_id
           JOIN task t ON t.task_id = a.task_id
           WHERE a.operator_id = $1 AND a.state = 'leased' AND a.expires_at > $2
               AND t.state <> 'cancelled' AND (NOT s.closed OR (s.gold_label IS NOT NULL OR a.trial) AND t.state = 'open')
               AND NOT EXISTS (SELECT FROM standing p WHERE p.task_id = a.task_id AND p.operator_id = $1
                               AND p.paused_at IS NOT NULL)
           ORDER BY a.expires_at, a.subtask_id"#,
        operator.uuid(),
        now
    );
    Ok(held.fetch_all(db).await?)
}

/// The images that somebody holds since this moment or longer.
pub async fn held_since(db: &mut PgConnection, user: UserId, since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let held = sqlx::query_scalar!(
        "SELECT subtask_id FROM assignment
         WHERE operator_id = $1 AND state = 'leased' AND (held_since IS NULL OR held_since <= $2)",
        user.uuid(),
        since
    );
    Ok(held.fetch_all(db).await?)
}

/// All images that somebody holds.
pub async fn all_held(db: &mut PgConnection, user: UserId) -> Result<Vec<Uuid>> {
    let held = sqlx::query_scalar!(
        "SELECT subtask_id FROM assignment WHERE operator_id = $1 AND state = 'leased'",
        user.uuid()
    );
    Ok(held.fetch_all(db).await?)
}

/// The texts of tasks.
pub async fn texts(db: &mut PgConnection, tasks: &[TaskId]) -> Result<Vec<Texts>> {
    let tasks: Vec<Uuid> = tasks.iter().map(|task| task.uuid()).collect();
    let texts = sqlx::query_as!(
        Texts,
        r#"SELECT task_id AS "task_id: TaskId", title, instructions, labels FROM task
           WHERE task_id = ANY($1) ORDER BY task_id"#,
        &tasks
    );
    Ok(texts.fetch_all(db).await?)
}

/// Who takes, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Take {
    /// The operator, whose row is locked.
    pub operator: UserId,
    /// The task.
    pub task: TaskId,
    /// Behind which position of each lane.
    pub behind: [i64; Lane::COUNT],
    /// How many at most.
    pub count: i64,
    /// When the leases end.
    pub times: LeaseTimes,
    /// Whether they are for show: the operator's votes on them decide nothing.
    pub trial: bool,
    /// The code of the network whose other operators' images are left out; none where it does not matter.
    pub network: Option<i64>,
}

/// Takes images for an operator, looking at no more than [`WINDOW`]: the first ones of the queue, each lane from where
/// the operator stands in it. What the operator has labeled for show may come again in earnest. Answers with how many
/// the operator never had before, too.
#[expect(clippy::too_many_lines, reason = "it is one statement, which is read as a whole")]
pub async fn take(db: &mut PgConnection, take: &Take) -> Result<(Window, u32)> {
    // The lanes are read one after the other as far as the window reaches: an empty one costs a look at the index, and
    // one that is not reached nothing. The locked row is looked at again, and so is the assignment when it is written:
    // both may have changed since the window was read. A locked image is somebody else's just now.
    let found = sqlx::query!(
        r#"WITH seen AS MATERIALIZED (
               SELECT free.subtask_id, place.number - 1 AS lane, free.pos
               FROM unnest($2::bigint[]) WITH ORDINALITY AS place (behind, number)
               CROSS JOIN LATERAL (
                   SELECT subtask_id, pos FROM subtask
                   WHERE queue = $1 AND lane = place.number - 1 AND pos > place.behind
                   ORDER BY pos LIMIT $3) free
               ORDER BY place.number, free.pos LIMIT $3),
           free AS MATERIALIZED (
               SELECT s.subtask_id, NOT EXISTS (SELECT FROM assignment a WHERE a.subtask_id = s.subtask_id
                                                AND a.operator_id = $4) AS is_new
               FROM subtask s
               WHERE s.subtask_id = ANY(ARRAY(SELECT subtask_id FROM seen))
                   AND NOT s.closed AND s.votes + s.leases < s.wanted
                   AND NOT EXISTS (SELECT FROM assignment a WHERE a.subtask_id = s.subtask_id
                                   AND a.operator_id = $4
                                   AND CASE WHEN a.state = 'lapsed' THEN a.held_since < $8 AND a.held_since > $9
                                            ELSE $10 OR NOT (a.state = 'surplus' AND a.trial) END)
                   AND ($11::bigint IS NULL OR NOT EXISTS (
                       SELECT FROM assignment o WHERE o.subtask_id = s.subtask_id AND o.operator_id <> $4
                           AND o.network = $11 AND o.state IN ('leased', 'voted')))
               ORDER BY s.lane, s.pos LIMIT $5
               FOR NO KEY UPDATE OF s SKIP LOCKED),
           taken AS (
               INSERT INTO assignment AS a (subtask_id, operator_id, task_id, state, expires_at, held_since, trial,
                                               network)
               SELECT subtask_id, $4, $1, 'leased', $6, $7, $10, $11 FROM free
               ON CONFLICT (subtask_id, operator_id) DO UPDATE
               SET state = 'leased', expires_at = excluded.expires_at,
                   held_since = CASE WHEN a.held_since > $9 THEN a.held_since ELSE excluded.held_since END,
                   trial = excluded.trial, network = excluded.network,
                   label = NULL, ordinal = NULL, given_at = NULL, voted_at = NULL
               WHERE a.state = 'lapsed' OR a.state = 'surplus' AND a.trial AND NOT excluded.trial
               RETURNING subtask_id),
           counted AS (
               UPDATE subtask s SET leases = leases + 1 FROM taken
               WHERE s.subtask_id = taken.subtask_id RETURNING s.subtask_id)
           SELECT seen.lane AS "lane!", count(*) AS "seen!", count(counted.subtask_id) AS "taken!",
                  max(seen.pos) AS "last_seen!",
                  max(seen.pos) FILTER (WHERE counted.subtask_id IS NOT NULL) AS last_taken,
                  count(*) FILTER (WHERE counted.subtask_id IS NOT NULL AND free.is_new) AS "new!"
           FROM seen LEFT JOIN counted USING (subtask_id) LEFT JOIN free USING (subtask_id)
           GROUP BY seen.lane ORDER BY seen.lane"#,
        take.task.uuid(),
        &take.behind[..],
        WINDOW,
        take.operator.uuid(),
        take.count,
        take.times.until(),
        take.times.now(),
        take.times.spent(),
        take.times.rested(),
        take.trial,
        take.network
    );
    let found = found.fetch_all(db).await?;
    let new = found.iter().map(|row| row.new).sum::<i64>();
    let stretches = found.into_iter().map(|row| Stretch {
        lane: usize::try_from(row.lane).unwrap_or_default(),
        seen: row.seen,
        taken: row.taken,
        last_seen: row.last_seen,
        last_taken: row.last_taken,
    });
    Ok((Window { asked: take.count, stretches: stretches.collect() }, u32::try_from(new).unwrap_or_default()))
}

/// How many images this operator could still get are in the hands of others, and when the first of those leases ends.
/// Only the first thousand leases are looked at.
pub async fn held_by_others(
    db: &mut PgConnection,
    operator: UserId,
    without: &[TaskId],
) -> Result<(u32, Option<DateTime<Utc>>)> {
    let without: Vec<Uuid> = without.iter().map(|task| task.uuid()).collect();
    let row = sqlx::query!(
        r#"SELECT count(DISTINCT s.subtask_id) AS "images!", min(others.expires_at) AS first_end
           FROM (SELECT subtask_id, expires_at FROM assignment
                 WHERE state = 'leased' AND operator_id <> $1 ORDER BY expires_at LIMIT $2) others
           JOIN subtask s ON s.subtask_id = others.subtask_id AND NOT s.closed
           JOIN task t ON t.task_id = s.task_id AND t.state = 'open'
           WHERE NOT EXISTS (SELECT FROM assignment mine WHERE mine.subtask_id = s.subtask_id
                             AND mine.operator_id = $1 AND mine.state <> 'lapsed')
               AND NOT EXISTS (SELECT FROM standing WHERE standing.task_id = s.task_id
                               AND standing.operator_id = $1 AND standing.paused_at IS NOT NULL)
               AND t.owner_id <> $1 AND s.task_id <> ALL ($3)
               AND (NOT t.restricted
                    OR EXISTS (SELECT FROM admitted d
                               WHERE d.key = $1 AND d.owner_id = t.owner_id AND d.task_id = t.task_id)
                    OR EXISTS (SELECT FROM member m
                               JOIN admitted d ON d.key = m.group_id AND d.owner_id = t.owner_id
                                               AND d.task_id = t.task_id
                               WHERE m.user_id = $1 AND m.is_member AND m.owner_id = t.owner_id))"#,
        operator.uuid(),
        COUNTED,
        &without
    );
    let row = row.fetch_one(db).await?;
    Ok((u32::try_from(row.images).unwrap_or_default(), row.first_end))
}

/// Moves the end of the leases among these that have not run out, no further than an image may be held, and answers
/// with them.
pub async fn extend(
    db: &mut PgConnection,
    operator: UserId,
    subtasks: &[Uuid],
    times: LeaseTimes,
) -> Result<Vec<(SubtaskId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"UPDATE assignment a
           SET expires_at = greatest(a.expires_at, least($4, coalesce(a.held_since, $3) + $5)),
               held_since = coalesce(a.held_since, $3)
           FROM subtask s JOIN task t USING (task_id)
           WHERE a.operator_id = $1 AND a.subtask_id = ANY($2) AND a.state = 'leased' AND a.expires_at > $3
               AND s.subtask_id = a.subtask_id
               AND t.state <> 'cancelled' AND (NOT s.closed OR (s.gold_label IS NOT NULL OR a.trial) AND t.state = 'open')
               AND NOT EXISTS (SELECT FROM standing p WHERE p.task_id = a.task_id AND p.operator_id = $1
                               AND p.paused_at IS NOT NULL)
           RETURNING a.subtask_id AS "subtask_id: SubtaskId", a.expires_at"#,
        operator.uuid(),
        subtasks,
        times.now(),
        times.until(),
        times.most() as _
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.subtask_id, row.expires_at)).collect())
}

/// How many leases of an operator ran out after this moment, as far as they cost anything.
pub async fn lapses(db: &mut PgConnection, operator: UserId, after: DateTime<Utc>) -> Result<u32> {
    let lapses = sqlx::query_scalar!(
        r#"SELECT count(*) AS "lapses!" FROM (
               SELECT FROM lapse WHERE operator_id = $1 AND lapsed_at > $2 LIMIT $3) counted"#,
        operator.uuid(),
        after,
        COUNTED
    );
    Ok(u32::try_from(lapses.fetch_one(db).await?).unwrap_or(u32::MAX))
}

/// Forgets leases that ran out at this moment or before, at most `limit`.
pub async fn forget_lapses(db: &mut PgConnection, until: DateTime<Utc>, limit: i64) -> Result<u64> {
    let forgotten = sqlx::query!(
        "WITH old AS MATERIALIZED (
             SELECT operator_id, lapsed_at, subtask_id FROM lapse
             WHERE lapsed_at <= $1 ORDER BY lapsed_at LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM lapse USING old
         WHERE (lapse.operator_id, lapse.lapsed_at, lapse.subtask_id) = (old.operator_id, old.lapsed_at, old.subtask_id)",
        until,
        limit
    );
    Ok(forgotten.execute(db).await?.rows_affected())
}

/// What is held of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holds {
    /// How many open images.
    pub images: i64,
    /// By how many operators.
    pub operators: i64,
    /// Since when the one that is held longest; none where nothing is held.
    pub oldest: Option<DateTime<Utc>>,
}

/// What of a task's open images is held at present.
pub async fn of_task(db: &mut PgConnection, task: &OwnTask, now: DateTime<Utc>) -> Result<Holds> {
    let holds = sqlx::query_as!(
        Holds,
        r#"SELECT count(DISTINCT a.subtask_id) AS "images!", count(DISTINCT a.operator_id) AS "operators!",
                  min(coalesce(a.held_since, $2)) AS oldest
           FROM assignment a JOIN subtask s USING (subtask_id)
           WHERE a.task_id = $1 AND a.state = 'leased' AND a.expires_at > $2 AND NOT s.closed"#,
        task.id().uuid(),
        now
    );
    Ok(holds.fetch_one(db).await?)
}

/// Where the bytes of an image are that an operator holds; `None` where the operator does not hold it.
pub async fn image(
    db: &mut PgConnection,
    operator: UserId,
    subtask: SubtaskId,
    now: DateTime<Utc>,
) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        "SELECT s.blob_key, s.media_type FROM assignment a
         JOIN subtask s ON s.subtask_id = a.subtask_id
         JOIN task t ON t.task_id = a.task_id
         WHERE a.operator_id = $1 AND a.subtask_id = $2 AND a.state = 'leased' AND a.expires_at > $3
             AND t.state <> 'cancelled'
             AND NOT EXISTS (SELECT FROM standing p WHERE p.task_id = a.task_id AND p.operator_id = $1
                             AND p.paused_at IS NOT NULL)",
        operator.uuid(),
        subtask.uuid(),
        now
    );
    Ok(row.fetch_optional(db).await?.map(|row| (row.blob_key, row.media_type)))
}
