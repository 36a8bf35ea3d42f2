//! Operators: whose turn it is, of clients and of their tasks, and how far they have come in each.

use std::collections::{BTreeMap, HashMap};

use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::count;
use crate::domain::{Candidate, Cursor, GoldDue, Lane, Qualification};

/// How many clients after the one whose turn it was, and how many from the beginning, one call considers.
const CLIENTS: i32 = 32;
/// How many tasks after a client's turn, and how many from the beginning, one call considers of all clients together;
/// of each client one at least.
const CONSIDERED: i64 = 32;

/// How many groups of an operator are looked at: above the number that one may be in.
const GROUPS: i64 = 100;

/// What is known of an operator whose row is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedOperator {
    /// The client whose turn it was last.
    pub client: UserId,
    /// Whether they were deleted.
    pub deleted: bool,
}

/// Locks an operator's row for the rest of the transaction.
pub async fn lock_operator(db: &mut PgConnection, operator: UserId) -> Result<LockedOperator> {
    if let Some(locked) = try_lock(db, operator).await? {
        return Ok(locked);
    }
    sqlx::query!(
        "INSERT INTO operator (operator_id, turn) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        operator.uuid(),
        Uuid::nil()
    )
    .execute(&mut *db)
    .await?;
    let locked = try_lock(db, operator).await?;
    Ok(locked.unwrap_or(LockedOperator { client: UserId::from(Uuid::nil()), deleted: false }))
}

async fn try_lock(db: &mut PgConnection, operator: UserId) -> Result<Option<LockedOperator>> {
    let locked = sqlx::query_as!(
        LockedOperator,
        r#"SELECT client AS "client: UserId", deleted_at IS NOT NULL AS "deleted!" FROM operator
           WHERE operator_id = $1 FOR NO KEY UPDATE"#,
        operator.uuid()
    );
    Ok(locked.fetch_optional(db).await?)
}

/// Open tasks in the order in which they take turns.
#[derive(Debug, Clone)]
pub struct Turns {
    /// The tasks, resting ones among them: one of each client, beginning after the client whose turn it was last, then
    /// a second one of each, and so on. Those of a client begin after the one looked at last.
    pub candidates: Vec<Candidate>,
    /// Whether these are all open tasks.
    pub complete: bool,
}

/// The open tasks that an operator may label whose turn it is, where it was that of `client` last.
#[expect(clippy::too_many_lines, reason = "nearly all of it is one statement")]
pub async fn turns(db: &mut PgConnection, operator: UserId, client: UserId) -> Result<Turns> {
    // Tasks that are open to everybody are found by their owners, the others by what lets the operator in: their own
    // id or a group of theirs. So however many tasks are open to others, none of them is looked at. Clients are found
    // by skipping from one to the next in the index, and of each only as many entries are read as are answered with:
    // however many tasks are open, and however many of them are one client's. So does every look at what belongs to a
    // task, which a LIMIT of one keeps from becoming a join with whole tables.
    let rows = sqlx::query!(
        r#"WITH RECURSIVE mine AS MATERIALIZED (
               SELECT m.group_id, m.owner_id FROM member m
               WHERE m.user_id = $1 AND m.is_member
                   AND EXISTS (SELECT FROM admitted WHERE key = m.group_id AND admitted.owner_id = m.owner_id)
               LIMIT $5),
           me AS MATERIALIZED (SELECT EXISTS (SELECT FROM admitted WHERE key = $1) AS named),
           ahead AS (
               (SELECT n.owner_id, 1 AS place FROM (
                    (SELECT owner_id FROM task
                     WHERE state = 'open' AND NOT restricted AND owner_id > $2 ORDER BY owner_id LIMIT 1)
                    UNION ALL
                    (SELECT owner_id FROM admitted
                     WHERE (SELECT named FROM me) AND key = $1 AND owner_id > $2 ORDER BY owner_id LIMIT 1)
                    UNION ALL
                    (SELECT owner_id FROM mine WHERE owner_id > $2 ORDER BY owner_id LIMIT 1)) n
                ORDER BY n.owner_id LIMIT 1)
               UNION ALL
               SELECT next.owner_id, a.place + 1 FROM ahead a
               CROSS JOIN LATERAL (
                   SELECT n.owner_id FROM (
                       (SELECT owner_id FROM task
                        WHERE state = 'open' AND NOT restricted AND owner_id > a.owner_id ORDER BY owner_id LIMIT 1)
                       UNION ALL
                       (SELECT owner_id FROM admitted
                        WHERE (SELECT named FROM me) AND key = $1 AND owner_id > a.owner_id ORDER BY owner_id LIMIT 1)
                       UNION ALL
                       (SELECT owner_id FROM mine WHERE owner_id > a.owner_id ORDER BY owner_id LIMIT 1)) n
                   ORDER BY n.owner_id LIMIT 1) next
               WHERE a.place < $3),
           again AS (
               (SELECT n.owner_id, 1 AS place FROM (
                    (SELECT owner_id FROM task
                     WHERE state = 'open' AND NOT restricted AND owner_id <= $2 ORDER BY owner_id LIMIT 1)
                    UNION ALL
                    (SELECT owner_id FROM admitted
                     WHERE (SELECT named FROM me) AND key = $1 AND owner_id <= $2 ORDER BY owner_id LIMIT 1)
                    UNION ALL
                    (SELECT owner_id FROM mine WHERE owner_id <= $2 ORDER BY owner_id LIMIT 1)) n
                ORDER BY n.owner_id LIMIT 1)
               UNION ALL
               SELECT next.owner_id, a.place + 1 FROM again a
               CROSS JOIN LATERAL (
                   SELECT n.owner_id FROM (
                       (SELECT owner_id FROM task
                        WHERE state = 'open' AND NOT restricted AND owner_id > a.owner_id AND owner_id <= $2
                        ORDER BY owner_id LIMIT 1)
                       UNION ALL
                       (SELECT owner_id FROM admitted
                        WHERE (SELECT named FROM me) AND key = $1 AND owner_id > a.owner_id AND owner_id <= $2
                        ORDER BY owner_id LIMIT 1)
                       UNION ALL
                       (SELECT owner_id FROM mine WHERE owner_id > a.owner_id AND owner_id <= $2
                        ORDER BY owner_id LIMIT 1)) n
                   ORDER BY n.owner_id LIMIT 1) next
               WHERE a.place < $3),
           client AS MATERIALIZED (
               SELECT owner_id, place FROM ahead UNION ALL SELECT owner_id, place + $3 FROM again),
           share AS MATERIALIZED (SELECT greatest($4 / greatest(count(*), 1), 1) AS most FROM client),
           turn AS MATERIALIZED (
               SELECT c.owner_id, c.place, t.task_id, t.wrapped,
                      row_number() OVER (PARTITION BY c.owner_id ORDER BY t.wrapped, t.task_id) AS number
               FROM client c
               CROSS JOIN LATERAL (SELECT coalesce((SELECT turn FROM client_turn
                                                    WHERE operator_id = $1 AND owner_id = c.owner_id LIMIT 1),
                                                   '00000000-0000-0000-0000-000000000000') AS turn) l
               CROSS JOIN LATERAL (
                   (SELECT u.task_id, false AS wrapped FROM (
                       (SELECT task_id FROM task
                        WHERE state = 'open' AND NOT restricted AND owner_id = c.owner_id AND task_id > l.turn
                        ORDER BY task_id LIMIT (SELECT most FROM share))
                       UNION
                       (SELECT task_id FROM admitted
                        WHERE (SELECT named FROM me) AND key = $1 AND owner_id = c.owner_id AND task_id > l.turn
                        ORDER BY task_id LIMIT (SELECT most FROM share))
                       UNION
                       SELECT own.task_id FROM mine CROSS JOIN LATERAL (
                           SELECT task_id FROM admitted
                           WHERE key = mine.group_id AND owner_id = c.owner_id AND task_id > l.turn
                           ORDER BY task_id LIMIT (SELECT most FROM share)) own
                       WHERE mine.owner_id = c.owner_id) u
                    ORDER BY u.task_id LIMIT (SELECT most FROM share))
                   UNION ALL
                   (SELECT u.task_id, true FROM (
                       (SELECT task_id FROM task
                        WHERE state = 'open' AND NOT restricted AND owner_id = c.owner_id AND task_id <= l.turn
                        ORDER BY task_id LIMIT (SELECT most FROM share))
                       UNION
                       (SELECT task_id FROM admitted
                        WHERE (SELECT named FROM me) AND key = $1 AND owner_id = c.owner_id AND task_id <= l.turn
                        ORDER BY task_id LIMIT (SELECT most FROM share))
                       UNION
                       SELECT own.task_id FROM mine CROSS JOIN LATERAL (
                           SELECT task_id FROM admitted
                           WHERE key = mine.group_id AND owner_id = c.owner_id AND task_id <= l.turn
                           ORDER BY task_id LIMIT (SELECT most FROM share)) own
                       WHERE mine.owner_id = c.owner_id) u
                    ORDER BY u.task_id LIMIT (SELECT most FROM share))) t)
           SELECT t.task_id AS "task_id!: TaskId", t.owner_id AS "owner_id!: UserId", t.place AS "place!",
                  t.wrapped AS "wrapped!", (SELECT most FROM share) AS "most!", p.passed AS "passed?",
                  p.in_vain AS "in_vain?", p.rest_until AS "rest_until?",
                  coalesce(queue.found, false) AS "has_free!", p.gold_pos AS "gold_pos?", k.gold_share,
                  k.qualification, coalesce(s.right_answers, 0) AS "right_answers!", coalesce(s.seen, 0) AS "seen!",
                  coalesce(s.ordinary, 0) AS "ordinary!",
                  s.paused_at IS NOT NULL AS "paused!", k.owner_id = $1 AS "own!", k.one_vote_per_network
           FROM turn t
           CROSS JOIN LATERAL (SELECT * FROM task WHERE task_id = t.task_id AND state = 'open' LIMIT 1) k
           LEFT JOIN LATERAL (SELECT * FROM standing
                              WHERE task_id = t.task_id AND operator_id = $1 LIMIT 1) s ON true
           LEFT JOIN LATERAL (SELECT * FROM place
                              WHERE operator_id = $1 AND task_id = t.task_id LIMIT 1) p ON true
           LEFT JOIN LATERAL (
               SELECT true AS found FROM subtask i
               WHERE i.queue = t.task_id
               ORDER BY i.lane, i.pos LIMIT 1) queue ON true
           ORDER BY t.number, t.place"#,
        operator.uuid(),
        client.uuid(),
        CLIENTS,
        CONSIDERED,
        GROUPS
    );
    let rows = rows.fetch_all(db).await?;
    let mut complete = true;
    let mut seen: HashMap<(UserId, bool), i64> = HashMap::new();
    for row in &rows {
        let seen = seen.entry((row.owner_id, row.wrapped)).or_default();
        *seen += 1;
        complete &= row.place % CLIENTS != 0 && *seen < row.most;
    }
    let candidates = rows.into_iter().map(|row| Candidate {
        task_id: row.task_id,
        owner_id: row.owner_id,
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

/// Remembers the tasks that an operator has just looked at, in their order: the last client, and the last task of each.
pub async fn save_turns(db: &mut PgConnection, operator: UserId, looked_at: &[Candidate]) -> Result<()> {
    let Some(last) = looked_at.last() else { return Ok(()) };
    let tasks: BTreeMap<Uuid, Uuid> =
        looked_at.iter().map(|task| (task.owner_id.uuid(), task.task_id.uuid())).collect();
    let (clients, tasks): (Vec<_>, Vec<_>) = tasks.into_iter().unzip();
    sqlx::query!(
        "WITH turn AS (UPDATE operator SET turn = $2, client = $3 WHERE operator_id = $1)
         INSERT INTO client_turn (operator_id, owner_id, turn)
         SELECT $1, owner_id, turn FROM unnest($4::uuid[], $5::uuid[]) AS looked_at (owner_id, turn)
         ON CONFLICT (operator_id, owner_id) DO UPDATE SET turn = excluded.turn",
        operator.uuid(),
        last.task_id.uuid(),
        last.owner_id.uuid(),
        &clients,
        &tasks
    )
    .execute(db)
    .await?;
    Ok(())
}
