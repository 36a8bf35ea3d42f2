//! Transformations that were asked for together.

use std::collections::BTreeMap;

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{BatchId, TransformationId};
use sqlx::PgConnection;

use super::count;
use crate::domain::Progress;

/// How far a batch is, as far as the caller's permission reaches.
///
/// # Errors
/// NOT_FOUND where there is none, or it is not the caller's to see.
pub(crate) async fn progress(connection: &mut PgConnection, reach: Reach, batch_id: BatchId) -> Result<Progress> {
    let rows = sqlx::query!(
        r#"SELECT owner_id, state, count(*) AS "count!", sum(version)::bigint AS "versions!" FROM transformation
           WHERE batch_id = $1 GROUP BY owner_id, state"#,
        batch_id.uuid(),
    );
    let rows = rows.fetch_all(connection).await?;
    // A batch is of one client.
    if !rows.first().is_some_and(|row| reach.covers(row.owner_id.into())) {
        return Err(Error::not_found("batch"));
    }
    let (mut counts, mut version) = (BTreeMap::new(), 0);
    for row in rows {
        version += count(row.versions)?;
        counts.insert(row.state, count(row.count)?);
    }
    let of = |state: &str| counts.get(state).copied().unwrap_or_default();
    Ok(Progress {
        batch_id,
        version,
        queued: of("queued"),
        running: of("running"),
        succeeded: of("succeeded"),
        failed: of("failed"),
        cancelled: of("cancelled"),
    })
}

/// The transformations of a batch by the places that they had in the request; the batch is the caller's own.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn places(connection: &mut PgConnection, batch: BatchId) -> Result<BTreeMap<usize, TransformationId>> {
    let rows = sqlx::query!(
        r#"SELECT place AS "place!", id AS "id: TransformationId" FROM transformation WHERE batch_id = $1"#,
        batch.uuid(),
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((usize::try_from(row.place).map_err(Error::internal)?, row.id))).collect()
}
