//! A user was deleted: what they hold goes to others, and nothing more is handed to them.

use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use crate::app::{App, handing_out::release::give_back};
use crate::store::{cursors, deletions, leases};

/// Takes back whatever a deleted user holds. Their lease calls wait for the end of the transaction and are refused;
/// their votes stay, under an id that stands for nobody. As a client's, their open tasks have no texts any more. Again
/// is harmless.
///
/// # Errors
/// Only if the database fails.
pub async fn leave(app: &App, user: UserId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "leave", |tx| {
        Box::pin(async move {
            cursors::lock_operator(tx, user).await?;
            deletions::delete_operator(tx, user, now).await?;
            let held = leases::all_held(tx, user).await?;
            give_back(tx, user, &held).await?;
            deletions::silence_client(tx, user).await
        })
    })
    .await
}
