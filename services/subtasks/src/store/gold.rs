//! Gold images: created, handed out, answered, and what the answers came to.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{subtasks::Locked, tasks::OwnTask};
use crate::domain::{GoldRecord, LeaseTimes, OtherAnswers, Pool, Ring};

/// How many gold images are looked at in one step, before and after the end of the ring.
const WINDOW: i64 = 32;
/// How many decoys a task has at most.
const DECOYS: i64 = 200;
/// How many qualification images of a task are looked at: above the most that one may have.
const LOOKED_AT: i64 = 200;

/// A gold image.
#[derive(Debug, Clone)]
pub struct NewGold {
    /// The image's id.
    pub subtask_id: SubtaskId,
    /// The key of its bytes.
    pub blob_key: String,
    /// What the bytes are.
    pub media_type: String,
    /// Its label.
    pub label: String,
    /// Its place on the ring.
    pub position: i64,
}

/// Creates the gold images that do not exist yet, closed, and answers with them. The event of the same transaction is
/// their first.
pub async fn insert(db: &mut PgConnection, task: TaskId, images: &[NewGold]) -> Result<Vec<SubtaskId>> {
    let ids: Vec<Uuid> = images.iter().map(|image| image.subtask_id.uuid()).collect();
    let keys: Vec<String> = images.iter().map(|image| image.blob_key.clone()).collect();
    let types: Vec<String> = images.iter().map(|image| image.media_type.clone()).collect();
    let labels: Vec<String> = images.iter().map(|image| image.label.clone()).collect();
    let positions: Vec<i64> = images.iter().map(|image| image.position).collect();
    let rows = sqlx::query_scalar!(
        r#"INSERT INTO subtask (subtask_id, task_id, wanted, closed, version, blob_key, media_type, gold_label, gold_pos)
           SELECT image.subtask_id, $1, 1, true, 1, image.blob_key, image.media_type, image.label, image.position
           FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[])
               AS image (subtask_id, blob_key, media_type, label, position)
           ON CONFLICT (subtask_id) DO NOTHING
           RETURNING subtask_id AS "subtask_id: SubtaskId""#,
        task.uuid(),
        &ids,
        &keys,
        &types,
        &labels,
        &positions
    );
    Ok(rows.fetch_all(db).await?)
}

/// What is taken for whom.
#[derive(Debug, Clone, Copy)]
pub struct Take {
    /// The operator, whose row is locked.
    pub operator: UserId,
    /// The task.
    pub task: TaskId,
    /// How far the operator has come: on a ring, or in the first lane.
    pub behind: i64,
    /// How many at most.
    pub count: i64,
    /// When the leases end.
    pub times: LeaseTimes,
}

/// Takes images of a ring that were never in the operator's hands, the next ones on it, and says how many and how far
/// that went. Where none of those looked at can be taken, the next call looks on behind them. The cost does not depend
/// on how many there are, nor on how many the operator knows.
pub async fn take(db: &mut PgConnection, ring: Ring, take: &Take) -> Result<(u32, i64)> {
    let (first, last) = ring.bounds();
    // Of the few images for the qualification all are looked at.
    let window = if ring == Ring::Qualification { LOOKED_AT } else { WINDOW };
    // Locked images are somebody else's just now; the next round finds them.
    let found = sqlx::query!(
        r#"WITH ring AS MATERIALIZED (
               (SELECT subtask_id, gold_pos, 0 AS turn FROM subtask
                WHERE task_id = $1 AND gold_pos > $2 AND gold_pos >= $8 AND gold_pos <= $9 ORDER BY gold_pos LIMIT $3)
               UNION ALL
               (SELECT subtask_id, gold_pos, 1 FROM subtask
                WHERE task_id = $1 AND gold_pos <= $2 AND gold_pos >= $8 AND gold_pos <= $9 ORDER BY gold_pos LIMIT $3)),
           free AS MATERIALIZED (
               SELECT s.subtask_id, ring.gold_pos, ring.turn FROM ring JOIN subtask s USING (subtask_id)
               WHERE NOT EXISTS (SELECT FROM assignment a
                                 WHERE a.subtask_id = ring.subtask_id AND a.operator_id = $4)
               ORDER BY ring.turn, ring.gold_pos LIMIT $5
               FOR NO KEY UPDATE OF s SKIP LOCKED),
           taken AS (
               INSERT INTO assignment (subtask_id, operator_id, task_id, state, expires_at, held_since, trial)
               SELECT subtask_id, $4, $1, 'leased', $6, $7, $10 FROM free
               ON CONFLICT (subtask_id, operator_id) DO NOTHING
               RETURNING subtask_id),
           counted AS (
               UPDATE subtask s SET leases = leases + 1 FROM taken
               WHERE s.subtask_id = taken.subtask_id RETURNING s.subtask_id)
           SELECT (SELECT count(*) FROM counted) AS "taken!",
                  coalesce((SELECT gold_pos FROM free ORDER BY turn DESC, gold_pos DESC LIMIT 1),
                           (SELECT gold_pos FROM ring ORDER BY turn DESC, gold_pos DESC LIMIT 1)) AS reached"#,
        take.task.uuid(),
        take.behind,
        window,
        take.operator.uuid(),
        take.count,
        take.times.until(),
        take.times.now(),
        first,
        last,
        ring == Ring::Decoy
    );
    let found = found.fetch_one(db).await?;
    Ok((u32::try_from(found.taken).unwrap_or_default(), found.reached.unwrap_or(take.behind)))
}

/// Makes an image that was decided a moment ago a decoy at this place, where there are fewer decoys than gold images
/// for control. What it costs does not depend on how many images there are: there are at most [`DECOYS`].
pub async fn add_decoy(db: &mut PgConnection, task: TaskId, place: i64) -> Result<()> {
    let ((first, last), (first_decoy, last_decoy)) = (Ring::Control.bounds(), Ring::Decoy.bounds());
    // Those that were closed last come first, the order in which they lie in the table, and decoys among them. A search
    // for one that is neither would read all closed images of the task where there is none.
    sqlx::query!(
        "WITH few AS MATERIALIZED (
             SELECT FROM (SELECT count(*) AS gold FROM (SELECT FROM subtask WHERE task_id = $1
                              AND gold_pos >= $3 AND gold_pos <= $4 LIMIT $7) g) g,
                         (SELECT count(*) AS decoys FROM (SELECT FROM subtask WHERE task_id = $1
                              AND gold_pos >= $5 AND gold_pos <= $6 LIMIT $7) d) d
             WHERE decoys < gold),
         picked AS MATERIALIZED (
             SELECT s.subtask_id FROM subtask s
             WHERE s.subtask_id = (SELECT subtask_id FROM (
                     SELECT subtask_id, closed, gold_pos FROM subtask
                     WHERE task_id = $1 ORDER BY closed::integer DESC LIMIT 2 * $7) newest
                 WHERE closed AND gold_pos IS NULL AND EXISTS (SELECT FROM few) LIMIT 1)
                 AND s.closed AND s.gold_pos IS NULL
             FOR NO KEY UPDATE OF s SKIP LOCKED)
         UPDATE subtask SET gold_pos = $2 FROM picked WHERE subtask.subtask_id = picked.subtask_id",
        task.uuid(),
        place,
        first,
        last,
        first_decoy,
        last_decoy,
        DECOYS
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes gold images again, and what was handed out for show, that the operator gave back or whose lease ran out. Any
/// other such image waits at the end of the first lane; so these come when that lane has nothing more for the operator,
/// from where they stand in it. Otherwise whoever gives an image back and asks again could tell what it was. An open
/// image that was for show comes to a `qualified` operator in earnest instead, from the queue. To one who is not, who
/// gets nothing of that lane, they come at once.
pub async fn take_again(db: &mut PgConnection, qualified: bool, take: &Take) -> Result<u32> {
    let taken = sqlx::query_scalar!(
        r#"WITH given_back AS MATERIALIZED (
               SELECT a.subtask_id FROM assignment a
               WHERE a.operator_id = $2 AND a.task_id = $1 AND a.state = 'lapsed'
                   AND (a.held_since < $8 AND a.held_since > $9) IS NOT TRUE
                   AND EXISTS (SELECT FROM subtask s WHERE s.subtask_id = a.subtask_id
                               AND (s.gold_label IS NOT NULL OR a.trial AND (s.closed OR NOT $10)))
               ORDER BY a.expires_at, a.subtask_id LIMIT $4),
           before AS MATERIALIZED (
               SELECT subtask_id FROM subtask
               WHERE queue = $1 AND lane = 0 AND pos > $3 AND EXISTS (SELECT FROM given_back)
               ORDER BY pos LIMIT $5),
           free AS MATERIALIZED (
               SELECT s.subtask_id FROM given_back JOIN subtask s USING (subtask_id)
               WHERE (s.closed OR s.votes + s.leases < s.wanted) AND (NOT $10 OR NOT EXISTS (
                   SELECT FROM before
                   WHERE NOT EXISTS (SELECT FROM assignment a WHERE a.subtask_id = before.subtask_id
                                     AND a.operator_id = $2
                                     AND (a.state <> 'lapsed' OR a.held_since < $8 AND a.held_since > $9))))
               ORDER BY s.subtask_id
               FOR NO KEY UPDATE OF s SKIP LOCKED),
           taken AS (
               UPDATE assignment a
               SET state = 'leased', expires_at = $6,
                   held_since = CASE WHEN a.held_since > $9 THEN a.held_since ELSE $7 END
               FROM free
               WHERE a.subtask_id = free.subtask_id AND a.operator_id = $2 AND a.state = 'lapsed'
               RETURNING a.subtask_id),
           counted AS (
               UPDATE subtask s SET leases = leases + 1 FROM taken
               WHERE s.subtask_id = taken.subtask_id RETURNING s.subtask_id)
           SELECT count(*) AS "taken!" FROM counted"#,
        take.task.uuid(),
        take.operator.uuid(),
        take.behind,
        take.count,
        WINDOW,
        take.times.until(),
        take.times.now(),
        take.times.spent(),
        take.times.rested(),
        qualified
    );
    Ok(u32::try_from(taken.fetch_one(db).await?).unwrap_or_default())
}

/// What is left of the qualification images of these tasks for an operator.
pub async fn pools(db: &mut PgConnection, operator: UserId, tasks: &[TaskId]) -> Result<Vec<(TaskId, Pool)>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let tasks: Vec<Uuid> = tasks.iter().map(|task| task.uuid()).collect();
    let (first, last) = Ring::Qualification.bounds();
    let rows = sqlx::query!(
        r#"SELECT task.task_id AS "task_id!: TaskId", left_over.pending AS "pending!", left_over.unseen AS "unseen!"
           FROM unnest($2::uuid[]) AS task (task_id) CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE a.state IN ('leased', 'lapsed')) AS pending,
                      count(*) FILTER (WHERE a.subtask_id IS NULL) AS unseen
               FROM (SELECT subtask_id FROM subtask s
                     WHERE s.task_id = task.task_id AND s.gold_pos >= $4 AND s.gold_pos <= $5
                     ORDER BY s.gold_pos LIMIT $3) ring
               LEFT JOIN assignment a ON a.subtask_id = ring.subtask_id AND a.operator_id = $1) left_over"#,
        operator.uuid(),
        &tasks,
        LOOKED_AT,
        first,
        last
    );
    let number = |images: i64| u32::try_from(images).unwrap_or(u32::MAX);
    let pools = rows
        .fetch_all(db)
        .await?
        .into_iter()
        .map(|row| (row.task_id, Pool { pending: number(row.pending), unseen: number(row.unseen) }));
    Ok(pools.collect())
}

/// Notes that an operator was handed so many images for the first time, so many of them ordinary ones before the
/// qualification. The row is the operator's own.
pub async fn handed(db: &mut PgConnection, task: TaskId, operator: UserId, seen: u32, ordinary: u32) -> Result<()> {
    let number = |images: u32| i32::try_from(images).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO standing AS s (task_id, operator_id, seen, ordinary) VALUES ($1, $2, $3, $4)
         ON CONFLICT (task_id, operator_id) DO UPDATE
         SET seen = s.seen + excluded.seen, ordinary = s.ordinary + excluded.ordinary",
        task.uuid(),
        operator.uuid(),
        number(seen),
        number(ordinary)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that an operator has skipped an image.
pub async fn skipped(db: &mut PgConnection, task: TaskId, operator: UserId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO standing AS s (task_id, operator_id, skips) VALUES ($1, $2, 1)
         ON CONFLICT (task_id, operator_id) DO UPDATE SET skips = s.skips + 1",
        task.uuid(),
        operator.uuid()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How an operator's answer on a gold image stands among those of others, or what others have done with the image since
/// the operator's lease ended.
pub async fn other_answers(
    db: &mut PgConnection,
    operator: UserId,
    image: SubtaskId,
    now: DateTime<Utc>,
) -> Result<OtherAnswers> {
    let row = sqlx::query!(
        r#"SELECT mine.given_at IS NOT NULL AS "given!", count(a.label) AS "answers!",
                  count(*) FILTER (WHERE (a.given_at, a.operator_id) <= (mine.given_at, mine.operator_id)) AS "place!",
                  count(*) FILTER (WHERE a.given_at > mine.expires_at) AS "since!",
                  count(*) FILTER (WHERE a.state = 'leased' AND a.expires_at > $3) AS "held!"
           FROM assignment mine
           LEFT JOIN assignment a ON a.subtask_id = mine.subtask_id AND a.state IN ('surplus', 'leased')
           WHERE mine.subtask_id = $1 AND mine.operator_id = $2
           GROUP BY mine.given_at"#,
        image.uuid(),
        operator.uuid(),
        now
    );
    let row = row.fetch_one(db).await?;
    Ok(if row.given {
        OtherAnswers::Among { place: row.place.unsigned_abs(), answers: row.answers.unsigned_abs() }
    } else {
        OtherAnswers::Without { since: row.since.unsigned_abs(), held: row.held.unsigned_abs() }
    })
}

/// Writes an answer, new or revised. It is no vote: it counts for nothing, and its place among the others is nothing.
pub async fn answer(
    db: &mut PgConnection,
    operator: UserId,
    image: &Locked,
    label: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE assignment
         SET state = 'surplus', label = $3, ordinal = 1, given_at = coalesce(given_at, $4), voted_at = $4
         WHERE operator_id = $1 AND subtask_id = $2",
        operator.uuid(),
        image.subtask_id.uuid(),
        label,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives a gold image under lock another label, by which later answers are judged.
pub async fn relabel(db: &mut PgConnection, image: SubtaskId, label: &str) -> Result<()> {
    sqlx::query!("UPDATE subtask SET gold_label = $2 WHERE subtask_id = $1", image.uuid(), label).execute(db).await?;
    Ok(())
}

/// An operator's row, as it is read.
struct Standing {
    operator_id: UserId,
    right_answers: i32,
    wrong_answers: i32,
    forgiven_right: i32,
    forgiven_wrong: i32,
    paused_at: Option<DateTime<Utc>>,
    pauses: i32,
    seen: i32,
    skips: i32,
    excluded_at: Option<DateTime<Utc>>,
    setting_aside: bool,
}

impl From<Standing> for GoldRecord {
    fn from(row: Standing) -> Self {
        Self {
            right: row.right_answers.unsigned_abs(),
            wrong: row.wrong_answers.unsigned_abs(),
            forgiven_right: row.forgiven_right.unsigned_abs(),
            forgiven_wrong: row.forgiven_wrong.unsigned_abs(),
            paused_at: row.paused_at,
            pauses: row.pauses.unsigned_abs(),
            seen: row.seen.unsigned_abs(),
            skips: row.skips.unsigned_abs(),
            excluded_at: row.excluded_at,
            setting_aside: row.setting_aside,
        }
    }
}

/// Adds to what an operator's answers came to, and answers with all of it. The row is the operator's own.
pub async fn add(db: &mut PgConnection, task: TaskId, operator: UserId, right: i32, wrong: i32) -> Result<GoldRecord> {
    let row = sqlx::query_as!(
        Standing,
        r#"INSERT INTO standing AS s (task_id, operator_id, right_answers, wrong_answers)
           VALUES ($1, $2, greatest($3, 0), greatest($4, 0))
           ON CONFLICT (task_id, operator_id) DO UPDATE
           SET right_answers = greatest(s.right_answers + $3, 0), wrong_answers = greatest(s.wrong_answers + $4, 0)
           RETURNING operator_id AS "operator_id: UserId", right_answers, wrong_answers, forgiven_right, forgiven_wrong,
                     paused_at, pauses, seen, skips, excluded_at, setting_aside"#,
        task.uuid(),
        operator.uuid(),
        right,
        wrong
    );
    Ok(row.fetch_one(db).await?.into())
}

/// Pauses an operator: what they hold of the task is worth nothing any more, and is taken back when it runs out.
pub async fn pause(db: &mut PgConnection, task: TaskId, operator: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE standing SET paused_at = $3, pauses = pauses + 1 WHERE task_id = $1 AND operator_id = $2",
        task.uuid(),
        operator.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Lets an operator go on who is not excluded, judged by what comes from now on.
pub async fn resume(db: &mut PgConnection, task: &OwnTask, operator: UserId) -> Result<()> {
    sqlx::query!(
        "UPDATE standing SET paused_at = NULL, forgiven_right = right_answers, forgiven_wrong = wrong_answers
         WHERE task_id = $1 AND operator_id = $2 AND paused_at IS NOT NULL AND excluded_at IS NULL",
        task.id().uuid(),
        operator.uuid()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The operators of a task behind one, with what their answers came to.
pub async fn of_task(
    db: &mut PgConnection,
    task: &OwnTask,
    behind: Uuid,
    limit: i64,
) -> Result<Vec<(UserId, GoldRecord)>> {
    let rows = sqlx::query_as!(
        Standing,
        r#"SELECT operator_id AS "operator_id: UserId", right_answers, wrong_answers, forgiven_right, forgiven_wrong,
                  paused_at, pauses, seen, skips, excluded_at, setting_aside
           FROM standing WHERE task_id = $1 AND operator_id > $2 ORDER BY operator_id LIMIT $3"#,
        task.id().uuid(),
        behind,
        limit
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.operator_id, row.into())).collect())
}

/// What is known of one operator of a task; nothing yet of one whose votes were recorded elsewhere.
pub async fn of_operator(db: &mut PgConnection, task: &OwnTask, operator: UserId) -> Result<GoldRecord> {
    let row = sqlx::query_as!(
        Standing,
        r#"SELECT operator_id AS "operator_id: UserId", right_answers, wrong_answers, forgiven_right, forgiven_wrong,
                  paused_at, pauses, seen, skips, excluded_at, setting_aside
           FROM standing WHERE task_id = $1 AND operator_id = $2"#,
        task.id().uuid(),
        operator.uuid()
    );
    Ok(row.fetch_optional(db).await?.map(GoldRecord::from).unwrap_or_default())
}

/// What a pause is judged and told by.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The accuracy that the task asks for.
    pub accuracy: f64,
    /// Its title.
    pub title: String,
    /// Who has written that.
    pub owner_id: UserId,
}

/// What a task asks for of operators.
pub async fn asked(db: &mut PgConnection, task: TaskId) -> Result<Asked> {
    let asked = sqlx::query_as!(
        Asked,
        r#"SELECT gold_accuracy AS accuracy, title, owner_id AS "owner_id: UserId" FROM task WHERE task_id = $1"#,
        task.uuid()
    );
    Ok(asked.fetch_one(db).await?)
}

/// An operator's answer on a gold image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The image.
    pub subtask_id: SubtaskId,
    /// Its label.
    pub gold_label: String,
    /// Who answered: never shown.
    pub operator_id: UserId,
    /// The answer.
    pub label: String,
}

/// The answers on a task's gold images, image by image in the order of the ring, at most `limit`.
pub async fn answers(db: &mut PgConnection, task: &OwnTask, limit: i64) -> Result<Vec<Answer>> {
    let answers = sqlx::query_as!(
        Answer,
        r#"SELECT s.subtask_id AS "subtask_id: SubtaskId", s.gold_label AS "gold_label!",
                  a.operator_id AS "operator_id: UserId", a.label AS "label!"
           FROM subtask s JOIN assignment a USING (subtask_id)
           WHERE s.task_id = $1 AND s.gold_pos IS NOT NULL AND s.gold_label IS NOT NULL
             AND a.state IN ('voted', 'surplus')
           ORDER BY s.gold_pos, s.subtask_id, a.operator_id LIMIT $2"#,
        task.id().uuid(),
        limit
    );
    Ok(answers.fetch_all(db).await?)
}
