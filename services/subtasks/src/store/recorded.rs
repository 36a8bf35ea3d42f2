//! Recorded votes, read and written by the batch. Under the locks of the images' rows.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::subtasks::Locked;

/// A vote that was given, live or recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Whose.
    pub operator: UserId,
    /// The label.
    pub label: String,
    /// Its place among the image's votes.
    pub ordinal: i16,
    /// Whether it counts, or is surplus.
    pub counts: bool,
    /// When it was given or last revised.
    pub at: DateTime<Utc>,
    /// Whether it is still to be written.
    pub fresh: bool,
}

/// All votes for images under lock, each image's in the order in which they came.
pub async fn given(db: &mut PgConnection, subtasks: &[Uuid]) -> Result<Vec<(SubtaskId, Given)>> {
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId", operator_id AS "operator_id: UserId", label AS "label!",
                  ordinal AS "ordinal!", state = 'voted' AS "counts!", voted_at AS "voted_at!"
           FROM assignment
           WHERE subtask_id = ANY($1) AND state IN ('voted', 'surplus') ORDER BY subtask_id, ordinal"#,
        subtasks
    );
    let given = rows.fetch_all(db).await?.into_iter().map(|row| {
        let given = Given {
            operator: row.operator_id,
            label: row.label,
            ordinal: row.ordinal,
            counts: row.counts,
            at: row.voted_at,
            fresh: false,
        };
        (row.subtask_id, given)
    });
    Ok(given.collect())
}

/// Writes votes of operators who hold no lease of the image.
pub async fn write(db: &mut PgConnection, votes: &[(&Locked, &Given)]) -> Result<()> {
    let images: Vec<Uuid> = votes.iter().map(|(image, _)| image.subtask_id.uuid()).collect();
    let tasks: Vec<Uuid> = votes.iter().map(|(image, _)| image.task_id.uuid()).collect();
    let operators: Vec<Uuid> = votes.iter().map(|(_, given)| given.operator.uuid()).collect();
    let states: Vec<String> =
        votes.iter().map(|(_, given)| if given.counts { "voted" } else { "surplus" }.to_owned()).collect();
    let labels: Vec<String> = votes.iter().map(|(_, given)| given.label.clone()).collect();
    let ordinals: Vec<i16> = votes.iter().map(|(_, given)| given.ordinal).collect();
    let times: Vec<DateTime<Utc>> = votes.iter().map(|(_, given)| given.at).collect();
    sqlx::query!(
        "INSERT INTO assignment AS a
             (subtask_id, operator_id, task_id, state, expires_at, label, ordinal, given_at, voted_at)
         SELECT subtask_id, operator_id, task_id, state, given_at, label, ordinal, given_at, given_at
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[])
             AS vote (subtask_id, operator_id, task_id, state, label, ordinal, given_at)
         ON CONFLICT (subtask_id, operator_id) DO UPDATE
         SET state = excluded.state, label = excluded.label, ordinal = excluded.ordinal, voted_at = excluded.voted_at,
             given_at = coalesce(a.given_at, excluded.given_at)",
        &images,
        &operators,
        &tasks,
        &states,
        &labels,
        &ordinals,
        &times
    )
    .execute(db)
    .await?;
    Ok(())
}
