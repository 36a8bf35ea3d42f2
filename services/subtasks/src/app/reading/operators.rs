//! The operators of a task, what they were handed, and their answers on its gold images, for its owner.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_seal::{PageRequest, PageSizes};
use uuid::Uuid;

use crate::app::App;
use crate::domain::GoldRecord;
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
    /// What the operator was handed, and what the answers on gold images came to.
    pub record: GoldRecord,
    /// Whether votes count.
    pub qualified: bool,
}

/// Lists a page of the operators who were handed images of a task, and the token of the next page.
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

/// An operator as the task's owner sees them.
pub(in crate::app) fn seen(app: &App, task: &OwnTask, operator: UserId, record: GoldRecord) -> TaskOperator {
    let qualified = record.qualified(task.gold.qualification);
    TaskOperator { operator: app.pseudonyms.of(task.id(), operator), qualified, record }
}
