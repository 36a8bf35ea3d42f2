//! Which images are gold.

use labelmesh_errors::{Error, Result};
use labelmesh_ids::ImageId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{count, tasks::OwnTask};
use crate::domain::GoldLabels;

/// Writes what is known of images of a locked draft, and answers with those that there are, each with its
/// label of before.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn set(
    connection: &mut PgConnection,
    task: &OwnTask,
    gold: &GoldLabels,
) -> Result<Vec<(ImageId, Option<String>)>> {
    let ids: Vec<Uuid> = gold.entries().iter().map(|(image, _)| image.uuid()).collect();
    let labels: Vec<String> = gold.entries().iter().map(|(_, label)| label.clone()).collect();
    let known = sqlx::query!(
        r#"UPDATE image SET gold_label = nullif(gold.label, '')
           FROM (SELECT old.id, old.gold_label AS before, label FROM unnest($2::uuid[], $3::text[]) AS new (id, label)
                 JOIN image old ON old.id = new.id AND old.task_id = $1) AS gold
           WHERE image.id = gold.id
           RETURNING image.id AS "id: ImageId", gold.before AS "before?""#,
        task.id.uuid(),
        &ids,
        &labels,
    );
    Ok(known.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.before)).collect())
}

/// Draws so many of a locked draft's gold images for the qualification, by chance: `seed` makes the order.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn draw(connection: &mut PgConnection, task: &OwnTask, images: u64, seed: [u8; 16]) -> Result<()> {
    sqlx::query!(
        "UPDATE image SET qualifies = true
         WHERE id IN (SELECT id FROM image WHERE task_id = $1 AND gold_label IS NOT NULL
                      ORDER BY sha256(uuid_send(id) || $2) LIMIT $3)",
        task.id.uuid(),
        &seed[..],
        i64::try_from(images).map_err(Error::internal)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many images of a task are gold.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn number(connection: &mut PgConnection, task: &OwnTask) -> Result<u64> {
    let gold = sqlx::query_scalar!(
        r#"SELECT count(*) AS "gold!" FROM image WHERE task_id = $1 AND gold_label IS NOT NULL"#,
        task.id.uuid(),
    );
    count(gold.fetch_one(connection).await?)
}

/// How many gold images of a task bear another label than these.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn beside(connection: &mut PgConnection, task: &OwnTask, labels: &[String]) -> Result<u64> {
    let beside = sqlx::query_scalar!(
        r#"SELECT count(*) AS "beside!" FROM image
           WHERE task_id = $1 AND gold_label IS NOT NULL AND gold_label <> ALL ($2)"#,
        task.id.uuid(),
        labels,
    );
    count(beside.fetch_one(connection).await?)
}
