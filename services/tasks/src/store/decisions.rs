//! Copies of decisions, and the images that starve.

use std::collections::HashMap;

use labelmesh_errors::{Error, Result};
use labelmesh_ids::{ImageId, TaskId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{count, number};
use crate::domain::{Decision, Progress, Verdict};

/// Those of the images that do not belong to the task they are said to belong to. Of a deleted task all did once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn strangers(connection: &mut PgConnection, images: &[(TaskId, ImageId)]) -> Result<Vec<ImageId>> {
    let (tasks, images) = columns(images);
    let ids = sqlx::query_scalar!(
        r#"SELECT said.image_id AS "id!" FROM unnest($1::uuid[], $2::uuid[]) AS said (task_id, image_id)
           WHERE NOT EXISTS (SELECT FROM image WHERE image.id = said.image_id AND image.task_id = said.task_id)
               AND NOT EXISTS (SELECT FROM task WHERE task.id = said.task_id AND task.deleted_at IS NOT NULL)"#,
        &tasks,
        &images,
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(ImageId::from).collect())
}

/// What of a copy matters to the one that replaces it.
pub(crate) struct Copy {
    /// Of two decisions about an image the one with the higher version stands.
    pub(crate) version: u64,
    /// What it adds to its task's counts.
    pub(crate) counts: Progress,
}

/// The copies that there are of decisions about these images. Their tasks are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn copies(connection: &mut PgConnection, images: &[ImageId]) -> Result<HashMap<ImageId, Copy>> {
    let images: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    let rows = sqlx::query!(
        r#"SELECT image_id, version, label IS NULL AS "undecided!", contested FROM decision WHERE image_id = ANY($1)"#,
        &images,
    );
    let rows = rows.fetch_all(connection).await?;
    let copies = rows.into_iter().map(|row| {
        let counts = Progress {
            decided: u64::from(!row.undecided),
            contested: u64::from(row.contested),
            undecided: u64::from(row.undecided),
            starved: 0,
        };
        Ok((ImageId::from(row.image_id), Copy { version: count(row.version)?, counts }))
    });
    copies.collect()
}

/// Keeps copies of decisions, one for each image, in place of those that there are. Their tasks are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn put(connection: &mut PgConnection, decisions: &[&Decision]) -> Result<()> {
    let mut columns = Columns::default();
    for decision in decisions {
        columns.push(decision)?;
    }
    sqlx::query!(
        "INSERT INTO decision (image_id, task_id, version, label, confidence, rule, contested, votes, decided_at)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::float8[], $6::text[],
                              $7::boolean[], $8::jsonb[], $9::timestamptz[])
         ON CONFLICT (image_id) DO UPDATE
         SET version = excluded.version, label = excluded.label, confidence = excluded.confidence,
             rule = excluded.rule, contested = excluded.contested, votes = excluded.votes,
             decided_at = excluded.decided_at",
        &columns.image_ids,
        &columns.task_ids,
        &columns.versions,
        &columns.labels as &[Option<String>],
        &columns.confidences,
        &columns.rules,
        &columns.contested,
        &columns.votes,
        &columns.decided_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets that images starve, for they are decided; returns the task of each that did.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn remove_starved(connection: &mut PgConnection, images: &[ImageId]) -> Result<Vec<TaskId>> {
    let images: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    let ids = sqlx::query_scalar!("DELETE FROM starved WHERE image_id = ANY($1) RETURNING task_id", &images);
    Ok(ids.fetch_all(connection).await?.into_iter().map(TaskId::from).collect())
}

/// Remembers that images starve, those without a decision; returns the task of each that was not known to. Their tasks
/// are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn insert_starved(connection: &mut PgConnection, images: &[(TaskId, ImageId)]) -> Result<Vec<TaskId>> {
    let (tasks, images) = columns(images);
    let ids = sqlx::query_scalar!(
        "INSERT INTO starved (image_id, task_id)
         SELECT said.image_id, said.task_id FROM unnest($1::uuid[], $2::uuid[]) AS said (task_id, image_id)
         WHERE NOT EXISTS (SELECT FROM decision WHERE decision.image_id = said.image_id)
         ON CONFLICT (image_id) DO NOTHING
         RETURNING task_id",
        &tasks,
        &images,
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(TaskId::from).collect())
}

fn columns(images: &[(TaskId, ImageId)]) -> (Vec<Uuid>, Vec<Uuid>) {
    images.iter().map(|(task, image)| (task.uuid(), image.uuid())).unzip()
}

#[derive(Default)]
struct Columns {
    image_ids: Vec<Uuid>,
    task_ids: Vec<Uuid>,
    versions: Vec<i64>,
    labels: Vec<Option<String>>,
    confidences: Vec<f64>,
    rules: Vec<String>,
    contested: Vec<bool>,
    votes: Vec<serde_json::Value>,
    decided_at: Vec<chrono::DateTime<chrono::Utc>>,
}

impl Columns {
    fn push(&mut self, decision: &Decision) -> Result<()> {
        self.image_ids.push(decision.image_id.uuid());
        self.task_ids.push(decision.task_id.uuid());
        self.versions.push(number(decision.version)?);
        self.decided_at.push(decision.at);
        match &decision.verdict {
            Verdict::Decided { label, confidence, rule, contested, votes } => {
                self.labels.push(Some(label.clone()));
                self.confidences.push(*confidence);
                self.rules.push(rule.clone());
                self.contested.push(*contested);
                self.votes.push(serde_json::to_value(votes).map_err(Error::internal)?);
            }
            Verdict::Undecided => {
                self.labels.push(None);
                self.confidences.push(0.0);
                self.rules.push(String::new());
                self.contested.push(false);
                self.votes.push(serde_json::Value::Array(Vec::new()));
            }
        }
        Ok(())
    }
}
