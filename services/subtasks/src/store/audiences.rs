//! Whom tasks are open to, and who is in which group.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{GroupId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tasks::OwnTask;
use crate::domain::Audience;

/// How many restricted tasks are looked at to explain a shortage: the newest.
const LOOKED_AT: i64 = 50;

/// Notes whom a task is open to, if that is newer than what is known, and says whether it is. Leases of others are
/// looked for until a time.
pub async fn note(
    db: &mut PgConnection,
    task: TaskId,
    audience: &Audience,
    sweep_until: Option<DateTime<Utc>>,
) -> Result<bool> {
    let noted = sqlx::query!(
        "INSERT INTO audience AS a (task_id, version, is_open, groups, operators, sweep_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (task_id) DO UPDATE
         SET version = excluded.version, is_open = excluded.is_open, groups = excluded.groups,
             operators = excluded.operators, sweep_until = excluded.sweep_until
         WHERE a.version < excluded.version",
        task.uuid(),
        audience.version.cast_signed(),
        audience.open,
        &audience.groups,
        &audience.operators,
        sweep_until
    );
    Ok(noted.execute(db).await?.rows_affected() > 0)
}

/// Brings what leases look at to the audience that is known of a task, where the task is.
pub async fn apply(db: &mut PgConnection, task: TaskId) -> Result<()> {
    let task = task.uuid();
    sqlx::query!(
        "UPDATE task SET restricted = NOT a.is_open FROM audience a WHERE task.task_id = $1 AND a.task_id = $1",
        task
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("DELETE FROM admitted WHERE task_id = $1", task).execute(&mut *db).await?;
    sqlx::query!(
        "INSERT INTO admitted (key, owner_id, task_id)
         SELECT key, t.owner_id, t.task_id
         FROM task t JOIN audience a USING (task_id) CROSS JOIN LATERAL unnest(a.groups || a.operators) AS key
         WHERE t.task_id = $1 AND t.state = 'open' AND NOT a.is_open
         ON CONFLICT DO NOTHING",
        task
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Nothing of a task is handed out any more.
pub async fn close(db: &mut PgConnection, task: TaskId) -> Result<()> {
    sqlx::query!("DELETE FROM admitted WHERE task_id = $1", task.uuid()).execute(db).await?;
    Ok(())
}

/// That somebody is a member of a group, or is none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// The user.
    pub user: UserId,
    /// Who owns the group.
    pub owner: UserId,
    /// Counts the changes.
    pub version: u64,
    /// Whether they are a member.
    pub member: bool,
}

/// Notes who is a member, if that is newer than what is known, and says whether it is.
pub async fn note_member(db: &mut PgConnection, membership: &Membership) -> Result<bool> {
    let noted = sqlx::query!(
        "INSERT INTO member AS m (group_id, user_id, owner_id, version, is_member) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (group_id, user_id) DO UPDATE
         SET owner_id = excluded.owner_id, version = excluded.version, is_member = excluded.is_member
         WHERE m.version < excluded.version",
        membership.group.uuid(),
        membership.user.uuid(),
        membership.owner.uuid(),
        membership.version.cast_signed(),
        membership.member
    );
    Ok(noted.execute(db).await?.rows_affected() > 0)
}

/// What an operator holds of tasks that are not open to them any more; of one task, where it is named.
pub async fn held_without_right(db: &mut PgConnection, operator: UserId, task: Option<TaskId>) -> Result<Vec<Uuid>> {
    let held = sqlx::query_scalar!(
        "SELECT a.subtask_id FROM assignment a JOIN task t USING (task_id)
         WHERE a.operator_id = $1 AND a.state = 'leased' AND t.restricted AND t.state = 'open'
             AND ($2::uuid IS NULL OR t.task_id = $2)
             AND NOT EXISTS (SELECT FROM admitted d
                             WHERE d.key = $1 AND d.owner_id = t.owner_id AND d.task_id = t.task_id)
             AND NOT EXISTS (SELECT FROM member m
                             JOIN admitted d ON d.key = m.group_id AND d.owner_id = t.owner_id AND d.task_id = t.task_id
                             WHERE m.user_id = $1 AND m.is_member AND m.owner_id = t.owner_id)",
        operator.uuid(),
        task.map(TaskId::uuid)
    );
    Ok(held.fetch_all(db).await?)
}

/// The tasks whose audience has changed lately, and until when leases are looked for.
pub async fn sweeping(db: &mut PgConnection, limit: i64) -> Result<Vec<(TaskId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT task_id AS "task_id: TaskId", sweep_until AS "until!" FROM audience
           WHERE sweep_until IS NOT NULL ORDER BY task_id LIMIT $1"#,
        limit
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.task_id, row.until)).collect())
}

/// Who holds images of a task.
pub async fn holders(db: &mut PgConnection, task: TaskId) -> Result<Vec<UserId>> {
    let holders = sqlx::query_scalar!(
        r#"SELECT DISTINCT operator_id AS "operator_id: UserId" FROM assignment
           WHERE task_id = $1 AND state = 'leased' ORDER BY 1"#,
        task.uuid()
    );
    Ok(holders.fetch_all(db).await?)
}

/// Notes that no leases of a task have to be looked for any more, if none are by now.
pub async fn swept(db: &mut PgConnection, task: TaskId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE audience SET sweep_until = NULL WHERE task_id = $1 AND sweep_until <= $2", task.uuid(), now)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether one of the newest tasks that are not open to an operator has an image that is not decided.
pub async fn others_have_work(db: &mut PgConnection, operator: UserId) -> Result<bool> {
    let others = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM (SELECT task_id, owner_id FROM task WHERE state = 'open' AND restricted
                            ORDER BY task_id DESC LIMIT $2) t
               WHERE NOT EXISTS (SELECT FROM admitted d
                                 WHERE d.key = $1 AND d.owner_id = t.owner_id AND d.task_id = t.task_id)
                   AND NOT EXISTS (SELECT FROM member m
                                   JOIN admitted d ON d.key = m.group_id AND d.owner_id = t.owner_id
                                                   AND d.task_id = t.task_id
                                   WHERE m.user_id = $1 AND m.is_member AND m.owner_id = t.owner_id)
                   AND NOT coalesce((SELECT closed FROM subtask i WHERE i.task_id = t.task_id
                                     ORDER BY closed::integer LIMIT 1), true)) AS "others!""#,
        operator.uuid(),
        LOOKED_AT
    );
    Ok(others.fetch_one(db).await?)
}

/// How many operators a task is open to, without its owner and those who are paused; none where it is everybody.
pub async fn eligible(db: &mut PgConnection, task: &OwnTask) -> Result<Option<u64>> {
    let eligible = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM (
                       SELECT unnest(a.operators) AS user_id
                       UNION
                       SELECT m.user_id FROM member m
                       WHERE m.group_id = ANY(a.groups) AND m.is_member AND m.owner_id = t.owner_id) e
                   WHERE e.user_id <> t.owner_id
                       AND NOT EXISTS (SELECT FROM standing s WHERE s.task_id = t.task_id AND s.operator_id = e.user_id
                                       AND s.paused_at IS NOT NULL)) AS "eligible!"
           FROM task t JOIN audience a USING (task_id) WHERE t.task_id = $1 AND t.restricted"#,
        task.id().uuid()
    );
    Ok(eligible.fetch_optional(db).await?.map(i64::unsigned_abs))
}

/// An open task that an operator may label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// The task.
    pub task_id: TaskId,
    /// Its title.
    pub title: String,
    /// What the operator should know.
    pub instructions: String,
    /// The labels to choose from.
    pub labels: Vec<String>,
    /// How many images are not decided, up to the number asked for.
    pub left: i64,
    /// Whether the operator is paused in it.
    pub paused: bool,
}

/// The open tasks before one that an operator may label, the newest first. Images are counted up to `count`.
pub async fn open_to(
    db: &mut PgConnection,
    operator: UserId,
    before: Uuid,
    limit: i64,
    count: i64,
) -> Result<Vec<OpenTask>> {
    let tasks = sqlx::query_as!(
        OpenTask,
        r#"WITH mine AS MATERIALIZED (
               SELECT $1::uuid AS key, NULL::uuid AS owner_id
               UNION ALL
               SELECT group_id, owner_id FROM member WHERE user_id = $1 AND is_member),
           listed AS MATERIALIZED (
               SELECT u.task_id FROM (
                   (SELECT task_id FROM task
                    WHERE state = 'open' AND NOT restricted AND owner_id <> $1 AND task_id < $2
                    ORDER BY task_id DESC LIMIT $3)
                   UNION
                   SELECT a.task_id FROM mine CROSS JOIN LATERAL (
                       SELECT task_id FROM admitted
                       WHERE key = mine.key AND (mine.owner_id IS NULL OR owner_id = mine.owner_id)
                           AND owner_id <> $1 AND task_id < $2
                       ORDER BY task_id DESC LIMIT $3) a) u
               ORDER BY u.task_id DESC LIMIT $3)
           SELECT t.task_id AS "task_id: TaskId", t.title, t.instructions, t.labels,
                  (SELECT count(*) FROM (SELECT closed FROM subtask WHERE task_id = t.task_id
                                         ORDER BY closed::integer LIMIT $4) i WHERE NOT closed) AS "left!",
                  s.paused_at IS NOT NULL AS "paused!"
           FROM listed JOIN task t ON t.task_id = listed.task_id AND t.state = 'open'
           LEFT JOIN standing s ON s.task_id = t.task_id AND s.operator_id = $1
           ORDER BY t.task_id DESC"#,
        operator.uuid(),
        before,
        limit,
        count
    );
    Ok(tasks.fetch_all(db).await?)
}
