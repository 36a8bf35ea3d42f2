//! Deletes what is known of an account.

use labelmesh_errors::Result;
use labelmesh_events::Bus;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    events::published,
    store::{accounts, acts, api_keys, attempts, resets, second_factors, sessions},
};

/// A user who was deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone {
    pub(crate) user: UserId,
    /// The last version of the user.
    pub(crate) version: u64,
}

/// Removes the sessions, the API keys, the resets, the second factor and the familiar places of an account, erases what
/// acts tell of its user, tells whoever caches tokens, and takes back what others may still be told of its logins. The
/// account itself stays as a tombstone: nobody gets in who was let in a moment before. Again is harmless.
///
/// # Errors
/// UNAVAILABLE where the database or the broker does not answer.
pub(crate) async fn delete_account(app: &App, bus: &Bus, gone: Gone) -> Result<()> {
    let (now, Gone { user, version }) = (app.clock.now(), gone);
    run_tx(&app.pool, "delete_account", |tx| {
        Box::pin(async move {
            if accounts::bury(tx, user, version, now).await? {
                app.outbox.enqueue(tx, &published::principal_changed(user, None, now)).await?;
            }
            acts::erase(tx, user).await?;
            sessions::delete_all(tx, user).await?;
            api_keys::delete_all(tx, user).await?;
            resets::void(tx, user).await?;
            second_factors::delete(tx, user).await?;
            attempts::forget_places(tx, user).await
        })
    })
    .await?;
    app.outbox.wake();
    app.outbox.forget(&app.pool, bus, user).await?;
    Ok(())
}
