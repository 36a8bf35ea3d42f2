//! The operators of a task by their answers on its gold images, for its owner.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::{context, page_size};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Record;
use crate::store::{gold, tasks};

/// How many operators a page has where the caller does not say.
const PAGE: i64 = 100;
/// How many it has at most.
const LONGEST_PAGE: i64 = 1_000;

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
    asked: i32,
    page_token: &str,
) -> Result<(Vec<TaskOperator>, String)> {
    let mut db = app.pool.acquire().await?;
    let qualification = qualification(&mut db, reach, task).await?;
    let about = context(&["ListOperators", &task.to_string()]);
    let behind = app.pages.open(&about, page_token)?.unwrap_or(Uuid::nil());
    let size = page_size(asked, PAGE, LONGEST_PAGE);
    let mut operators = gold::of_task(&mut db, task, behind, size + 1).await?;
    let next = app.pages.cut(&about, &mut operators, size, |(last, _)| last.uuid());
    let seen = operators.into_iter().map(|(operator, record)| seen(app, task, operator, record, qualification));
    Ok((seen.collect(), next))
}

/// Lets an operator who was paused go on, judged by what comes from now on. One who is not paused stays as they are.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, or nobody of this pseudonym has labeled a gold image.
pub async fn resume_operator(app: &App, reach: Reach, task: TaskId, pseudonym: &str) -> Result<TaskOperator> {
    run_tx(&app.pool, "resume_operator", |tx| {
        Box::pin(async move {
            let qualification = qualification(tx, reach, task).await?;
            let mut behind = Uuid::nil();
            loop {
                // A pseudonym can't be turned into an id; but it can be told whose it is.
                let page = gold::of_task(tx, task, behind, LONGEST_PAGE).await?;
                let Some((last, _)) = page.last() else { return Err(Error::not_found("operator in this task")) };
                behind = last.uuid();
                let found = page.into_iter().find(|(operator, _)| app.pseudonyms.of(task, *operator) == pseudonym);
                let Some((operator, record)) = found else { continue };
                gold::resume(tx, task, operator).await?;
                return Ok(seen(app, task, operator, Record { paused_at: None, ..record }, qualification));
            }
        })
    })
    .await
}

async fn qualification(db: &mut PgConnection, reach: Reach, task: TaskId) -> Result<u16> {
    let known = tasks::known(db, task).await?.filter(|known| reach.covers(known.owner_id));
    known.map(|known| known.gold.qualification).ok_or_else(|| Error::not_found("task"))
}

fn seen(app: &App, task: TaskId, operator: UserId, record: Record, qualification: u16) -> TaskOperator {
    TaskOperator { operator: app.pseudonyms.of(task, operator), qualified: record.qualified(qualification), record }
}
