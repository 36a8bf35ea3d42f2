//! The operators of a task by their answers on its gold images, for its owner.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes};
use uuid::Uuid;

use crate::app::App;
use crate::domain::Record;
use crate::store::{
    gold,
    tasks::{self, OwnTask},
};

/// How many operators a page has.
const OPERATORS: PageSizes = PageSizes { default: 100, most: 1_000 };

/// An operator as a task's owner sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskOperator {
    /// The operator's pseudonym in this task.
    pub operator: String,
    /// What the answers on gold images came to.
    pub record: Record,
    /// Whether images other than gold may come.
    pub qualified: bool,
}

/// Lists a page of the operators who have labeled gold images of a task, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, PAGE_TOKEN_INVALID.
pub async fn list_operators(
    app: &App,
    reach: Reach,
    task: TaskId,
    request: &PageRequest<'_>,
) -> Result<(Vec<TaskOperator>, String)> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let page = app.pages.page(request, "ListOperators", &[&task.to_string()], OPERATORS)?;
    let mut operators = gold::of_task(&mut db, &own, page.from.unwrap_or(Uuid::nil()), page.limit()).await?;
    let next = page.cut(&mut operators, |(last, _)| last.uuid());
    let seen = operators.into_iter().map(|(operator, record)| seen(app, &own, operator, record));
    Ok((seen.collect(), next))
}

/// Lets an operator who was paused go on, judged by what comes from now on. One who is not paused stays as they are.
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
                let page = gold::of_task(tx, &own, behind, OPERATORS.most).await?;
                let Some((last, _)) = page.last() else { return Err(Error::not_found("operator in this task")) };
                behind = last.uuid();
                let found = page.into_iter().find(|(operator, _)| app.pseudonyms.of(task, *operator) == pseudonym);
                let Some((operator, record)) = found else { continue };
                gold::resume(tx, &own, operator).await?;
                return Ok(seen(app, &own, operator, Record { paused_at: None, ..record }));
            }
        })
    })
    .await
}

fn seen(app: &App, task: &OwnTask, operator: UserId, record: Record) -> TaskOperator {
    let qualified = record.qualified(task.gold.qualification);
    TaskOperator { operator: app.pseudonyms.of(task.id(), operator), qualified, record }
}
