//! What is stored about a client, as they take it away.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{ImageId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{images, results};
use crate::domain::{Image, ImageResult};

/// What is left of a deleted task.
#[derive(Debug)]
pub(crate) struct DeletedTask {
    pub(crate) id: TaskId,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) deleted_at: DateTime<Utc>,
}

/// A client's deleted tasks behind one, in the order of their ids.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn deleted_tasks(
    connection: &mut PgConnection,
    owner: UserId,
    after: Option<TaskId>,
    limit: i64,
) -> Result<Vec<DeletedTask>> {
    let rows = sqlx::query_as!(
        DeletedTask,
        r#"SELECT id AS "id: TaskId", created_at, deleted_at AS "deleted_at!" FROM task
           WHERE owner_id = $1 AND deleted_at IS NOT NULL AND id > $2 ORDER BY id LIMIT $3"#,
        owner.uuid(),
        after.map_or(Uuid::nil(), TaskId::uuid),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// An image with what was decided about it.
#[derive(Debug)]
pub(crate) struct StoredImage {
    pub(crate) task_id: TaskId,
    pub(crate) image: Image,
    pub(crate) uploaded_at: DateTime<Utc>,
    pub(crate) result: ImageResult,
}

/// A place in the order of a client's images: the task, and the place in the order of its upload.
pub(crate) type Position = (TaskId, i64);

/// A client's images behind a place, in the order of tasks and of upload. What deleted tasks still have is among them.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn images(
    connection: &mut PgConnection,
    owner: UserId,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<StoredImage>> {
    let (task, pos) = after.map_or((Uuid::nil(), 0), |(task, pos)| (task.uuid(), pos));
    // Each task gives no more than is asked for, so that a page costs the same wherever it is.
    let rows = sqlx::query!(
        r#"SELECT i.task_id AS "task_id!: TaskId", i.pos AS "pos!", i.id AS "id!: ImageId", i.name AS "name!",
                  i.media_type AS "media_type!", i.size_bytes AS "size_bytes!", i.sha256 AS "sha256!",
                  i.has_rendition AS "has_rendition!", i.width AS "width!", i.height AS "height!",
                  i.notes AS "notes!", i.gold_label, i.qualifies AS "qualifies!", i.uploaded_at AS "uploaded_at!",
                  d.label AS "label?", d.confidence AS "confidence?", d.rule AS "rule?", d.contested AS "contested?",
                  d.votes AS "votes?", d.decided_at AS "decided_at?", s.image_id IS NOT NULL AS "starved!"
           FROM (SELECT id FROM task WHERE owner_id = $1 AND id >= $2 ORDER BY id) t
           CROSS JOIN LATERAL (
               SELECT * FROM image
               WHERE task_id = t.id AND pos > CASE WHEN t.id = $2 THEN $3::bigint ELSE 0 END
               ORDER BY pos LIMIT $4) i
           LEFT JOIN decision d ON d.image_id = i.id
           LEFT JOIN starved s ON s.image_id = i.id
           ORDER BY t.id, i.pos LIMIT $4"#,
        owner.uuid(),
        task,
        pos,
        limit,
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let image = images::Row {
            pos: row.pos,
            id: row.id.uuid(),
            name: row.name.clone(),
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            has_rendition: row.has_rendition,
            width: row.width,
            height: row.height,
            notes: row.notes,
            gold_label: row.gold_label,
            qualifies: row.qualifies,
        };
        let result = results::Row {
            pos: row.pos,
            id: row.id.uuid(),
            name: row.name,
            label: row.label,
            confidence: row.confidence,
            rule: row.rule,
            contested: row.contested,
            votes: row.votes,
            decided_at: row.decided_at,
            starved: row.starved,
        };
        Ok(StoredImage {
            task_id: row.task_id,
            image: image.try_into()?,
            uploaded_at: row.uploaded_at,
            result: result.try_into()?,
        })
    });
    rows.collect()
}
