//! Images with what was decided about them.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tasks::OwnTask;
use crate::domain::{ImageResult, LabelCount, Verdict};

/// The images of a task after a position, in the order of their places, with their decisions.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list(
    connection: &mut PgConnection,
    task: &OwnTask,
    after: i64,
    limit: i64,
) -> Result<Vec<ImageResult>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT image.pos, image.id, image.name, decision.label AS "label?", decision.confidence AS "confidence?",
                  decision.rule AS "rule?", decision.contested AS "contested?", decision.votes AS "votes?",
                  decision.decided_at AS "decided_at?", starved.image_id IS NOT NULL AS "starved!"
           FROM image LEFT JOIN decision ON decision.image_id = image.id
                      LEFT JOIN starved ON starved.image_id = image.id
           WHERE image.task_id = $1 AND image.pos > $2 ORDER BY image.pos LIMIT $3"#,
        task.id.uuid(),
        after,
        limit,
    );
    rows.fetch_all(connection).await?.into_iter().map(ImageResult::try_from).collect()
}

/// Those of them whose decision is contested. Found by these decisions, which are few.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list_contested(
    connection: &mut PgConnection,
    task: &OwnTask,
    after: i64,
    limit: i64,
) -> Result<Vec<ImageResult>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT image.pos, image.id, image.name, decision.label, decision.confidence AS "confidence?",
                  decision.rule AS "rule?", decision.contested AS "contested?", decision.votes AS "votes?",
                  decision.decided_at AS "decided_at?", false AS "starved!"
           FROM decision JOIN image ON image.id = decision.image_id
           WHERE decision.task_id = $1 AND decision.contested AND image.pos > $2 ORDER BY image.pos LIMIT $3"#,
        task.id.uuid(),
        after,
        limit,
    );
    rows.fetch_all(connection).await?.into_iter().map(ImageResult::try_from).collect()
}

/// An image, and its decision where there is one.
pub(super) struct Row {
    pub(super) pos: i64,
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) confidence: Option<f64>,
    pub(super) rule: Option<String>,
    pub(super) contested: Option<bool>,
    pub(super) votes: Option<serde_json::Value>,
    pub(super) decided_at: Option<DateTime<Utc>>,
    pub(super) starved: bool,
}

impl TryFrom<Row> for ImageResult {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let verdict = match row.label {
            Some(label) => Verdict::Decided {
                label,
                confidence: row.confidence.unwrap_or_default(),
                rule: row.rule.unwrap_or_default(),
                contested: row.contested.unwrap_or_default(),
                votes: votes(row.votes)?,
            },
            None => Verdict::Undecided,
        };
        Ok(Self {
            position: row.pos,
            image_id: row.id.into(),
            name: row.name,
            decided: row.decided_at.map(|at| (verdict, at)),
            starved: row.starved,
        })
    }
}

fn votes(json: Option<serde_json::Value>) -> Result<Vec<LabelCount>> {
    json.map_or_else(|| Ok(Vec::new()), |json| serde_json::from_value(json).map_err(Error::internal))
}
