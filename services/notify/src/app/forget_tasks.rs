//! Forgets what people were told of tasks that were deleted.

use chrono::TimeDelta;
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    events::published,
    store::{deletions, inbox},
};

/// How long it is known that a task or a user was deleted. Longer than events are kept, which may be about them.
pub(super) const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// Removes the notifications about deleted tasks, with mails that were not sent yet. None comes later.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn forget_tasks(app: &App, tasks: &[TaskId]) -> Result<()> {
    let now = app.clock.now();
    let changed = run_tx(&app.pool, "forget_tasks", |tx| {
        Box::pin(async move {
            deletions::forget(tx, now - REMEMBERED).await?;
            let users = deletions::delete(tx, tasks, now).await?;
            inbox::change(tx, &users).await?;
            Ok(users)
        })
    });
    published::hint_of_lists(&app.bus, changed.await?).await;
    Ok(())
}
