//! Recorded votes, read and written by the batch under the locks of the images' rows.

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
    // An image is one row: there are far more votes, and each row has a price of its own.
    let rows = sqlx::query!(
        r#"SELECT subtask_id AS "subtask_id: SubtaskId",
                  array_agg(operator_id ORDER BY ordinal, voted_at) AS "operators!: Vec<UserId>",
                  array_agg(label ORDER BY ordinal, voted_at) AS "labels!", array_agg(ordinal ORDER BY ordinal, voted_at) AS "ordinals!",
                  array_agg(state = 'voted' ORDER BY ordinal, voted_at) AS "counts!", array_agg(voted_at ORDER BY ordinal, voted_at) AS "times!"
           FROM assignment
           WHERE subtask_id = ANY($1) AND state IN ('voted', 'surplus') GROUP BY subtask_id"#,
        subtasks
    );
    let mut given = Vec::new();
    for row in rows.fetch_all(db).await? {
        let votes = row.operators.into_iter().zip(row.labels).zip(row.ordinals).zip(row.counts).zip(row.times);
        given.extend(votes.map(|((((operator, label), ordinal), counts), at)| {
            (row.subtask_id, Given { operator, label, ordinal, counts, at, fresh: false })
        }));
    }
    Ok(given)
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
