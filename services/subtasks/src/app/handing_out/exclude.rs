//! A person excludes an operator from a task.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use crate::app::{
    App,
    handing_out::pause::take_back_in,
    reading::operators::{self, TaskOperator},
};
use crate::store::{exclusions, tasks};

/// Excludes an operator for good: they are paused, and a worker sets their votes aside. Nothing changes for one who is
/// excluded.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, or nobody of this pseudonym has had a part in it.
pub async fn exclude_operator(app: &App, reach: Reach, task: TaskId, pseudonym: &str) -> Result<TaskOperator> {
    let now = app.clock.now();
    let excluded = run_tx(&app.pool, "exclude_operator", |tx| {
        Box::pin(async move {
            let own = tasks::within(tx, reach, task).await?;
            let operator = operators::named(tx, app, &own, pseudonym).await?;
            exclusions::hold_imports(tx, &own).await?;
            take_back_in(tx, &own, operator).await?;
            let before = operators::one(tx, app, &own, operator).await?;
            exclusions::exclude(tx, &own, operator, now).await?;
            let after = operators::one(tx, app, &own, operator).await?;
            app.acts.note(tx, before.to(task, &after)).await?;
            Ok(after)
        })
    })
    .await?;
    app.excluded.notify_one();
    Ok(excluded)
}
