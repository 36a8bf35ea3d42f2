//! Operators: whose turn it is for which task, and how far they have come in it.

use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::count;
use crate::domain::{Candidate, Cursor, GoldDue, Lane, Qualification};

/// How many tasks after an operator's turn, and how many from the beginning, one call considers.
const CONSIDERED: i64 = 32;

/// Locks an operator's row for the rest of the transaction, and says which task was looked at last.
pub async fn lock_operator(db: &mut PgConnection, operator: UserId) -> Result<TaskId> {
    if let Some(turn) = try_lock(db, operator).await? {
        return Ok(turn);
    }
    sqlx::query!(
        "INSERT INTO operator (operator_id, turn) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        operator.uuid(),
        Uuid::nil()
    )
    .execute(&mut *db)
    .await?;
    let turn = try_lock(db, operator).await?;
    Ok(turn.unwrap_or(TaskId::from(Uuid::nil())))
}

async fn try_lock(db: &mut PgConnection, operator: UserId) -> Result<Option<TaskId>> {
    let turn = sqlx::query_scalar!(
        r#"SELECT turn AS "turn: TaskId" FROM operator WHERE operator_id = $1 FOR NO KEY UPDATE"#,
        operator.uuid()
    );
    Ok(turn.fetch_optional(db).await?)
}

/// Open tasks in the order in which they take turns.
#[derive(Debug, Clone)]
pub struct Turns {
    /// The tasks, resting ones among them, beginning after the one looked at last.
    pub candidates: Vec<Candidate>,
    /// Whether these are all open tasks.
    pub complete: bool,
}

/// The open tasks whose turn it is for an operator.
pub async fn turns(db: &mut PgConnection, operator: UserId, turn: TaskId) -> Result<Turns> {
    // Both halves read only as many entries of the index as they answer with, however many tasks are open; so does the
    // look at the head of each queue, which the LIMIT keeps from becoming a join with all images.
    let rows = sqlx::query!(
        r#"SELECT t.task_id AS "task_id!: TaskId", t.wrapped AS "wrapped!", p.passed AS "passed?",
                  p.in_vain AS "in_vain?", p.rest_until AS "rest_until?",
                  coalesce(queue.found, false) AS "has_free!", p.gold_pos AS "gold_pos?", k.gold_share,
                  k.qualification, coalesce(s.right_answers, 0) AS "right_answers!", coalesce(s.seen, 0) AS "seen!",
                  coalesce(s.ordinary, 0) AS "ordinary!",
                  s.paused_at IS NOT NULL AS "paused!", k.owner_id = $1 AS "own!", k.one_vote_per_network
           FROM ((SELECT task_id, false AS wrapped FROM task
                  WHERE state = 'open' AND task_id > $2 ORDER BY task_id LIMIT $3)
                 UNION ALL
                 (SELECT task_id, true FROM task
                  WHERE state = 'open' AND task_id <= $2 ORDER BY task_id LIMIT $3)) t
           JOIN task k ON k.task_id = t.task_id
           LEFT JOIN standing s ON s.task_id = t.task_id AND s.operator_id = $1
           LEFT JOIN place p ON p.operator_id = $1 AND p.task_id = t.task_id
           LEFT JOIN LATERAL (
               SELECT true AS found FROM subtask i
               WHERE i.queue = t.task_id
               ORDER BY i.lane, i.pos LIMIT 1) queue ON true
           ORDER BY t.wrapped, t.task_id"#,
        operator.uuid(),
        turn.uuid(),
        CONSIDERED
    );
    let rows = rows.fetch_all(db).await?;
    let considered = usize::try_from(CONSIDERED).unwrap_or(usize::MAX);
    let wrapped = rows.iter().filter(|row| row.wrapped).count();
    let complete = wrapped < considered && rows.len() - wrapped < considered;
    let candidates = rows.into_iter().map(|row| Candidate {
        task_id: row.task_id,
        has_free: row.has_free,
        cursor: Cursor {
            passed: passed(&row.passed.unwrap_or_default()),
            in_vain: row.in_vain.unwrap_or_default(),
            rest_until: row.rest_until,
            gold: row.gold_pos,
        },
        gold: GoldDue {
            share: row.gold_share,
            qualification: Qualification {
                asked: count(row.qualification).into(),
                right: row.right_answers.unsigned_abs(),
                seen: row.seen.unsigned_abs(),
                ordinary: row.ordinary.unsigned_abs(),
            },
        },
        paused: row.paused,
        own: row.own,
        one_vote_per_network: row.one_vote_per_network,
    });
    Ok(Turns { candidates: candidates.collect(), complete })
}

/// As many lanes as this release knows; a lane of which nothing is kept is at its head.
fn passed(kept: &[i64]) -> [i64; Lane::COUNT] {
    std::array::from_fn(|lane| kept.get(lane).copied().unwrap_or_default())
}

/// Remembers how far an operator has come in a task.
pub async fn save(db: &mut PgConnection, operator: UserId, task: TaskId, cursor: &Cursor) -> Result<()> {
    sqlx::query!(
        "INSERT INTO place (operator_id, task_id, passed, in_vain, rest_until, gold_pos)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (operator_id, task_id) DO UPDATE
         SET passed = excluded.passed, in_vain = excluded.in_vain, rest_until = excluded.rest_until,
             gold_pos = excluded.gold_pos",
        operator.uuid(),
        task.uuid(),
        &cursor.passed[..],
        cursor.in_vain,
        cursor.rest_until,
        cursor.gold
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Remembers which task an operator looked at last.
pub async fn save_turn(db: &mut PgConnection, operator: UserId, turn: TaskId) -> Result<()> {
    sqlx::query!("UPDATE operator SET turn = $2 WHERE operator_id = $1", operator.uuid(), turn.uuid())
        .execute(db)
        .await?;
    Ok(())
}
