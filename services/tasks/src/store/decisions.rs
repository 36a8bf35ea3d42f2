//! Copies of decisions, and the images that starve.

use labelmesh_errors::{Error, Result};
use labelmesh_ids::{ImageId, TaskId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Decision, Verdict};

/// Those of the images that do not belong to the task they are said to belong to.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn strangers(connection: &mut PgConnection, images: &[(TaskId, ImageId)]) -> Result<Vec<ImageId>> {
    let (tasks, images) = columns(images);
    let ids = sqlx::query_scalar!(
        r#"SELECT said.image_id AS "id!" FROM unnest($1::uuid[], $2::uuid[]) AS said (task_id, image_id)
           WHERE NOT EXISTS (SELECT FROM image WHERE image.id = said.image_id AND image.task_id = said.task_id)"#,
        &tasks,
        &images,
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(ImageId::from).collect())
}

/// Keeps copies of decisions; returns the images for which there was none before. Their tasks are locked.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn insert(connection: &mut PgConnection, decisions: &[&Decision]) -> Result<Vec<ImageId>> {
    let mut columns = Columns::default();
    for decision in decisions {
        columns.push(decision)?;
    }
    let ids = sqlx::query_scalar!(
        "INSERT INTO decision (image_id, task_id, label, confidence, rule, contested, votes, decided_at)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::text[], $6::boolean[],
                              $7::jsonb[], $8::timestamptz[])
         ON CONFLICT (image_id) DO NOTHING
         RETURNING image_id",
        &columns.image_ids,
        &columns.task_ids,
        &columns.labels as &[Option<String>],
        &columns.confidences,
        &columns.rules,
        &columns.contested,
        &columns.votes,
        &columns.decided_at,
    );
    Ok(ids.fetch_all(connection).await?.into_iter().map(ImageId::from).collect())
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
