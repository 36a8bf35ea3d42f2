//! Moves the end of leases, as far as an image may be held.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::SubtaskId;
use labelmesh_pg::run_tx;
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::domain::LeaseTimes;
use crate::store::{leases, subtasks};

/// Gives the operator a full lease time from now for those of the images that are still in the operator's hands, but
/// never more than an image may be held, and answers with them.
///
/// # Errors
/// Only if the database fails.
pub async fn extend(app: &App, operator: Operator, images: &[SubtaskId]) -> Result<Vec<(SubtaskId, DateTime<Utc>)>> {
    let ids: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
    let times = LeaseTimes::new(app.clock.now(), app.rules.duration);
    let ids = &ids;
    run_tx(&app.pool, "extend", |tx| {
        Box::pin(async move {
            // Before the assignments, as everywhere: a lapse of the same leases goes on under this lock.
            subtasks::lock(tx, ids).await?;
            leases::extend(tx, operator.user_id(), ids, times).await
        })
    })
    .await
}
