//! Tells people of invitations to their addresses.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    events::published,
    store::{groups, invitations},
};

/// How many are told in one transaction.
const BATCH: i64 = 100;

/// Tells who has an invited address of it, once for an invitation.
///
/// Whoever invites does not wait for it, nor can they tell from the time that passes whether anybody has the address;
/// and whoever comes to have it later is told then.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn tell_invited(app: App) -> Result<()> {
    let now = app.clock.now();
    let told = run_tx(&app.pool, "tell_invited", |tx| {
        let app = &app;
        Box::pin(async move {
            let untold = invitations::take_untold(tx, now, BATCH).await?;
            for invitation in &untold {
                // The name of a group is its owner's words.
                let owner = groups::within(tx, Reach::All, invitation.group).await?.owner();
                app.outbox.enqueue_about(tx, owner, &published::group_invited(invitation, now)).await?;
            }
            Ok(untold.len())
        })
    });
    if told.await? > 0 {
        app.outbox.wake();
    }
    Ok(())
}
