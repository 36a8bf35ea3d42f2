//! Lets a paused operator go on.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use uuid::Uuid;

use crate::app::{
    App,
    reading::operators::{TaskOperator, seen},
};
use crate::domain::GoldRecord;
use crate::store::{gold, tasks};

/// How many operators one statement reads in search of a pseudonym.
const PAGE: i64 = 1_000;

/// Lets a paused operator go on, to be judged by answers from now on. Nothing changes for one who is not paused.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, or nobody of this pseudonym has labeled a gold image.
pub async fn resume_operator(app: &App, reach: Reach, task: TaskId, pseudonym: &str) -> Result<TaskOperator> {
    run_tx(&app.pool, "resume_operator", |tx| {
        Box::pin(async move {
            let own = tasks::within(tx, reach, task).await?;
            let mut behind = Uuid::nil();
            loop {
                // A pseudonym can't be turned into an id; but it can be told whose it is.
                let page = gold::of_task(tx, &own, behind, PAGE).await?;
                let Some((last, _)) = page.last() else { return Err(Error::not_found("operator in this task")) };
                behind = last.uuid();
                let found = page.into_iter().find(|(operator, _)| app.pseudonyms.of(task, *operator) == pseudonym);
                let Some((operator, record)) = found else { continue };
                gold::resume(tx, &own, operator).await?;
                return Ok(seen(app, &own, operator, GoldRecord { paused_at: None, ..record }));
            }
        })
    })
    .await
}
