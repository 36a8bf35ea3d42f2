//! What of a task is in operators' hands, for its owner.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;

use crate::app::App;
use crate::store::{
    leases::{self, Holds},
    tasks,
};

/// How many open images of a task are held at present, by how many operators, and since when.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's.
pub async fn holds(app: &App, reach: Reach, task: TaskId) -> Result<Holds> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    leases::of_task(&mut db, &own, app.clock.now()).await
}
