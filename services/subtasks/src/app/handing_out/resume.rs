//! Lets a paused operator go on.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;

use crate::app::{
    App,
    reading::operators::{self, TaskOperator},
};
use crate::store::{gold, tasks};

/// Lets a paused operator go on, to be judged by answers from now on. Nothing changes for one who is not paused.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, or nobody of this pseudonym has had a part in it,
/// OPERATOR_EXCLUDED.
pub async fn resume_operator(app: &App, reach: Reach, task: TaskId, pseudonym: &str) -> Result<TaskOperator> {
    run_tx(&app.pool, "resume_operator", |tx| {
        Box::pin(async move {
            let own = tasks::within(tx, reach, task).await?;
            let operator = operators::named(tx, app, &own, pseudonym).await?;
            let before = operators::one(tx, app, &own, operator).await?;
            gold::resume(tx, &own, operator).await?;
            let resumed = operators::one(tx, app, &own, operator).await?;
            match resumed.record.excluded_at {
                Some(_) => {
                    Err(Error::new(Reason::OperatorExcluded, "the operator was excluded from the task for good"))
                }
                None => {
                    app.acts.note(tx, before.to(task, &resumed)).await?;
                    Ok(resumed)
                }
            }
        })
    })
    .await
}
