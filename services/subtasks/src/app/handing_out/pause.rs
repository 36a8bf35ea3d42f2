//! A person pauses an operator in a task.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{
    App,
    handing_out::release::give_back,
    reading::operators::{self, TaskOperator},
};
use crate::store::{
    cursors, exclusions,
    tasks::{self, OwnTask},
};

/// Pauses an operator: what they hold of the task goes to others, and nothing more is handed to them. Nothing changes
/// for one who is paused.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, or nobody of this pseudonym has had a part in it.
pub async fn pause_operator(app: &App, reach: Reach, task: TaskId, pseudonym: &str) -> Result<TaskOperator> {
    let now = app.clock.now();
    run_tx(&app.pool, "pause_operator", |tx| {
        Box::pin(async move {
            let own = tasks::within(tx, reach, task).await?;
            let operator = operators::named(tx, app, &own, pseudonym).await?;
            take_back_in(tx, &own, operator).await?;
            let before = operators::one(tx, app, &own, operator).await?;
            exclusions::pause(tx, &own, operator, now).await?;
            let after = operators::one(tx, app, &own, operator).await?;
            app.acts.note(tx, before.to(task, &after)).await?;
            Ok(after)
        })
    })
    .await
}

/// Takes back what an operator holds of a task. Their lease calls wait for the end of the transaction, so that none
/// hands out more by what it has read before.
pub(in crate::app) async fn take_back_in(db: &mut PgConnection, task: &OwnTask, operator: UserId) -> Result<()> {
    cursors::lock_operator(db, operator).await?;
    let held = exclusions::held(db, task, operator).await?;
    give_back(db, operator, &held).await
}
