//! What is learned of tasks' operators.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_consensus::{Snapshot, StopRule};
use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{count, unreadable};
use crate::domain::{Terms, stop_rule};

/// How far learning has come in an open task whose policy names a confidence.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The task.
    pub task_id: TaskId,
    /// The client who owns it.
    pub owner_id: UserId,
    /// What its votes are judged by.
    pub terms: Terms,
    /// The newest snapshot; 0 where there is none.
    pub snapshot: u32,
    /// How many votes there were when it was learned.
    pub learned_from: u64,
    /// About how many have come since, of those that make a new snapshot due at the latest.
    pub new: u64,
}

impl Progress {
    /// Whether so many votes are new that it is worth learning again.
    #[must_use]
    pub fn is_due(&self) -> bool {
        Snapshot::is_due(self.learned_from, self.learned_from + self.new, self.terms.labels().len())
    }

    /// How much is new, beside what is known.
    #[must_use]
    pub fn growth(&self) -> f64 {
        self.new as f64 / (self.learned_from as f64 + 1.0)
    }
}

/// How far learning has come in a task, where something is learned. New votes are counted by their index, no further
/// than matters.
pub async fn progress(db: &mut PgConnection, task: TaskId) -> Result<Option<Progress>> {
    Ok(select(db, Some(task), Uuid::nil(), 1).await?.pop())
}

/// The same for the tasks behind one, in the order of ids.
pub async fn progress_behind(db: &mut PgConnection, behind: Uuid, limit: i64) -> Result<Vec<Progress>> {
    select(db, None, behind, limit).await
}

async fn select(db: &mut PgConnection, task: Option<TaskId>, behind: Uuid, limit: i64) -> Result<Vec<Progress>> {
    let rows = sqlx::query!(
        r#"SELECT t.task_id AS "task_id: TaskId", t.owner_id AS "owner_id: UserId", t.labels, t.redundancy,
                  t.max_votes, t.confidence, t.snapshot,
                  coalesce(m.votes, 0) AS "votes!", greatest(given.new - coalesce(m.edge, 0), 0) AS "new!"
           FROM task t LEFT JOIN model m USING (task_id)
           CROSS JOIN LATERAL (
               SELECT count(*) AS new FROM (
                   SELECT FROM assignment a
                   WHERE a.task_id = t.task_id AND a.state IN ('voted', 'surplus')
                     AND a.given_at >= coalesce(m.learned_to, '-infinity')
                   LIMIT coalesce(m.edge, 0) + $4) counted) given
           WHERE t.state = 'open' AND t.confidence > 0 AND ($1::uuid IS NULL OR t.task_id = $1) AND t.task_id > $2
           ORDER BY t.task_id LIMIT $3"#,
        task.map(TaskId::uuid),
        behind,
        limit,
        Snapshot::MOST_NEW.cast_signed()
    );
    let rows = rows.fetch_all(db).await?;
    let tasks = rows.into_iter().map(|row| {
        let stop: Result<StopRule> =
            stop_rule(count(row.redundancy), count(row.max_votes), row.confidence).map_err(|_| unreadable("policy"));
        Ok(Progress {
            task_id: row.task_id,
            owner_id: row.owner_id,
            terms: Terms::new(row.labels, stop?),
            snapshot: row.snapshot.unsigned_abs(),
            learned_from: row.votes.unsigned_abs(),
            new: row.new.unsigned_abs(),
        })
    });
    tasks.collect()
}

/// Where votes end at a moment: those behind it are new.
#[derive(Debug)]
pub struct Edge {
    /// When the newest was given; none where there are no votes.
    learned_to: Option<DateTime<Utc>>,
    /// How many were given at that time.
    votes: i64,
}

/// Where a task's votes end now. Votes that are read afterwards are these at least.
pub async fn edge(db: &mut PgConnection, task: TaskId) -> Result<Edge> {
    let edge = sqlx::query_as!(
        Edge,
        r#"SELECT newest.given_at AS learned_to,
                  (SELECT count(*) FROM assignment a
                   WHERE a.task_id = $1 AND a.state IN ('voted', 'surplus') AND a.given_at >= newest.given_at) AS "votes!"
           FROM (SELECT max(given_at) AS given_at FROM assignment
                 WHERE task_id = $1 AND state IN ('voted', 'surplus')) newest"#,
        task.uuid()
    );
    Ok(edge.fetch_one(db).await?)
}

/// Takes a task for learning until a time, unless another has; says whether it is taken.
pub async fn claim(db: &mut PgConnection, task: TaskId, now: DateTime<Utc>, length: TimeDelta) -> Result<bool> {
    let claimed = sqlx::query!(
        "INSERT INTO model AS m (task_id, claimed_until) VALUES ($1, $3)
         ON CONFLICT (task_id) DO UPDATE SET claimed_until = $3 WHERE m.claimed_until <= $2",
        task.uuid(),
        now,
        now + length
    );
    Ok(claimed.execute(db).await?.rows_affected() > 0)
}

/// Gives a task back that was taken for learning.
pub async fn release(db: &mut PgConnection, task: TaskId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE model SET claimed_until = $2 WHERE task_id = $1", task.uuid(), now).execute(db).await?;
    Ok(())
}

/// What was learned.
#[derive(Debug)]
pub struct Learned {
    /// The version: one more than the last.
    pub version: u32,
    /// How many votes there were.
    pub votes: u64,
    /// Where they ended.
    pub edge: Edge,
    /// The snapshot.
    pub content: Vec<u8>,
}

/// Keeps what was learned as the newest snapshot; says whether it is, or another was faster.
pub async fn save(db: &mut PgConnection, task: TaskId, learned: &Learned, now: DateTime<Utc>) -> Result<bool> {
    let version = learned.version.cast_signed();
    let saved = sqlx::query!(
        "INSERT INTO snapshot (task_id, version, votes, content, learned_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (task_id, version) DO NOTHING",
        task.uuid(),
        version,
        learned.votes.cast_signed(),
        learned.content,
        now
    );
    if saved.execute(&mut *db).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("UPDATE task SET snapshot = $2 WHERE task_id = $1", task.uuid(), version).execute(&mut *db).await?;
    sqlx::query!("UPDATE model SET votes = $2 WHERE task_id = $1", task.uuid(), learned.votes.cast_signed())
        .execute(&mut *db)
        .await?;
    move_on(db, task, &learned.edge, now).await?;
    Ok(true)
}

/// Notes up to where votes were looked at, and gives the task back.
pub async fn move_on(db: &mut PgConnection, task: TaskId, edge: &Edge, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE model SET learned_to = $2, edge = $3, claimed_until = $4 WHERE task_id = $1",
        task.uuid(),
        edge.learned_to,
        edge.votes,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The bytes of a snapshot, which never change.
pub async fn snapshot(db: &mut PgConnection, task: TaskId, version: u32) -> Result<Vec<u8>> {
    let content = sqlx::query_scalar!(
        "SELECT content FROM snapshot WHERE task_id = $1 AND version = $2",
        task.uuid(),
        version.cast_signed()
    );
    Ok(content.fetch_one(db).await?)
}
