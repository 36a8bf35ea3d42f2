//! Forgets users who were deleted.

use labelmesh_errors::Result;
use labelmesh_events::{DeadLetters, Failure};
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use super::{App, forget_tasks::REMEMBERED};
use crate::store::deletions;

/// How many notifications one transaction removes.
const BATCH: i64 = 500;

/// Removes what a user was told, with mails and messages on their way, and their webhooks, preferences and known
/// origins. Nothing of theirs comes later. Again is harmless.
///
/// # Errors
/// Ill if the database or the broker does not answer.
pub(crate) async fn forget_user(app: &App, user: UserId) -> Result<(), Failure> {
    let now = app.clock.now();
    run_tx(&app.pool, "note_deletion", |tx| {
        Box::pin(async move {
            deletions::forget_users(tx, now - REMEMBERED).await?;
            deletions::delete_user(tx, user, now).await
        })
    })
    .await?;
    let mut removed = BATCH;
    while removed >= BATCH {
        let batch = run_tx(&app.pool, "remove_notifications", |tx| {
            Box::pin(async move { deletions::remove_notifications(tx, user, BATCH).await })
        });
        removed = batch.await?;
    }
    run_tx(&app.pool, "forget_user", |tx| Box::pin(async move { deletions::remove_inbox(tx, user).await })).await?;
    app.outbox.forget(&app.pool, &app.bus, user).await?;
    // What could not be applied tells from where somebody signed in, too.
    DeadLetters::open(&app.bus, "notify").await?.forget(&user.to_string()).await?;
    Ok(())
}
