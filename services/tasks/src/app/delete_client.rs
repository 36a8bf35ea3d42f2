//! Removes what a client has who was deleted.

use labelmesh_errors::{Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;

use super::{
    App,
    cancel_task::cancel_in,
    delete_task::{REMEMBERED, after_deletion, delete_in},
};
use crate::store;

/// Notes that a client was deleted; a worker does the rest. Again is harmless.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn delete_client(app: &App, owner: UserId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "delete_client", |tx| {
        Box::pin(async move {
            store::usage::lock_tasks(tx, owner).await?;
            store::clients::delete(tx, owner, now).await
        })
    })
    .await?;
    app.leaving.notify_one();
    Ok(())
}

/// Deletes the tasks of deleted clients, cancelling those that are open, takes back what others may still be told of
/// them, and forgets clients who were deleted long ago. Replicas may do the same at once.
///
/// # Errors
/// Unavailable if the database or the broker does not answer: nobody else's turn is lost by it, and the rest is done
/// later.
pub(crate) async fn remove_clients(app: &App) -> Result<()> {
    let (mut last, mut failed) = (None, Ok(()));
    while let Some(owner) = store::clients::next(&mut *app.pool.acquire().await?, last).await? {
        if let Err(error) = remove(app, owner).await {
            failed = Err(error);
        }
        last = Some(owner);
    }
    store::clients::forget(&mut *app.pool.acquire().await?, app.clock.now() - REMEMBERED).await?;
    failed
}

async fn remove(app: &App, owner: UserId) -> Result<()> {
    while let Some(task) = store::clients::task_of(&mut *app.pool.acquire().await?, owner).await? {
        end_and_delete(app, task).await?;
    }
    // Nothing more is told of tasks that are all deleted.
    app.outbox.forget(&app.pool, &app.bus, owner).await?;
    run_tx(&app.pool, "finish_client", |tx| Box::pin(async move { store::clients::finish(tx, owner).await })).await?;
    Ok(())
}

/// Deletes a task, whatever its state; one that another replica has deleted meanwhile stays so.
async fn end_and_delete(app: &App, id: TaskId) -> Result<()> {
    let now = app.clock.now();
    let deleted = run_tx(&app.pool, "delete_clients_task", |tx| {
        Box::pin(async move {
            match cancel_in(app, tx, Reach::All, id, now).await {
                // A completed one need not be cancelled, nor one that is deleted.
                Err(error) if !matches!(error.reason(), Reason::TaskEnded | Reason::NotFound) => Err(error),
                _ => delete_in(app, tx, Reach::All, id, now).await,
            }
        })
    });
    after_deletion(app, id, deleted.await?).await;
    Ok(())
}
