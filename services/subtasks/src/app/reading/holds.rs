//! What of a task is in operators' hands, and whose hands there are, for its owner.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;

use crate::app::App;
use crate::store::{
    audiences,
    leases::{self, Holds},
    tasks,
};

/// What of a task is in operators' hands, and whose hands there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InHands {
    /// What is held.
    pub holds: Holds,
    /// How many operators the task is open to; none where it is everybody.
    pub eligible: Option<u64>,
    /// How many different operators an image needs at least.
    pub needed: u16,
}

/// How many open images of a task are held at present, by how many operators, and since when; and how many operators
/// there are for it.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's.
pub async fn holds(app: &App, reach: Reach, task: TaskId) -> Result<InHands> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let holds = leases::of_task(&mut db, &own, app.clock.now()).await?;
    let eligible = audiences::eligible(&mut db, &own).await?;
    let needed = own.terms.as_ref().map_or(0, |terms| terms.stop().redundancy());
    Ok(InHands { holds, eligible, needed })
}
