//! Under which key the names of a task are made.

use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId};
use sqlx::PgConnection;
use uuid::Uuid;

/// The id of a task's key; none where the release before has written the task.
pub async fn key_of(db: &mut PgConnection, task: TaskId) -> Result<Option<String>> {
    let key = sqlx::query_scalar!("SELECT names_key FROM task WHERE task_id = $1", task.uuid());
    Ok(key.fetch_optional(db).await?.flatten())
}

/// The ids of the keys of the tasks of these images; images that are not there are left out.
pub async fn keys_of(db: &mut PgConnection, images: &[Uuid]) -> Result<Vec<(SubtaskId, Option<String>)>> {
    let rows = sqlx::query!(
        r#"SELECT s.subtask_id AS "subtask_id: SubtaskId", t.names_key FROM subtask s JOIN task t USING (task_id)
           WHERE s.subtask_id = ANY($1)"#,
        images
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.subtask_id, row.names_key)).collect())
}

/// Gives tasks that the release before has written this key, at most `limit`; says how many.
pub async fn adopt(db: &mut PgConnection, key: &str, limit: i64) -> Result<u64> {
    let adopted = sqlx::query!(
        "WITH found AS (SELECT task_id FROM task WHERE names_key IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)
         UPDATE task SET names_key = $1 FROM found WHERE task.task_id = found.task_id",
        key,
        limit
    );
    Ok(adopted.execute(db).await?.rows_affected())
}

/// How many tasks there are of each key, those that are still labeled first.
pub async fn count(db: &mut PgConnection) -> Result<Vec<(Option<String>, i64, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT names_key, count(*) FILTER (WHERE state IN ('open', 'finishing')) AS "open!",
                  count(*) FILTER (WHERE state NOT IN ('open', 'finishing')) AS "ended!"
           FROM task GROUP BY names_key ORDER BY names_key"#
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(|row| (row.names_key, row.open, row.ended)).collect())
}

/// Whether a task has a key that is none of these.
pub async fn is_any_unknown(db: &mut PgConnection, keys: &[String]) -> Result<bool> {
    // There are few keys and many tasks: the index is skipped through from one key to the next.
    let unknown = sqlx::query_scalar!(
        r#"WITH RECURSIVE found AS (
               (SELECT names_key FROM task WHERE names_key IS NOT NULL ORDER BY names_key LIMIT 1)
               UNION ALL
               SELECT (SELECT names_key FROM task WHERE names_key > found.names_key ORDER BY names_key LIMIT 1)
               FROM found WHERE names_key IS NOT NULL)
           SELECT EXISTS (SELECT FROM found WHERE names_key <> ALL ($1)) AS "unknown!""#,
        keys
    );
    Ok(unknown.fetch_one(db).await?)
}

/// Gives tasks another key, at most `limit`: those that have ended, or those that have not as well. Says how many.
pub async fn rename(db: &mut PgConnection, key: &str, open_too: bool, limit: i64) -> Result<u64> {
    let renamed = sqlx::query!(
        "WITH found AS (
             SELECT task_id FROM task WHERE names_key <> $1 AND ($2 OR state NOT IN ('open', 'finishing'))
             ORDER BY task_id LIMIT $3 FOR UPDATE)
         UPDATE task SET names_key = $1 FROM found WHERE task.task_id = found.task_id",
        key,
        open_too,
        limit
    );
    Ok(renamed.execute(db).await?.rows_affected())
}
