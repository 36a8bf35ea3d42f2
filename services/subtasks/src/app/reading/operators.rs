//! The operators of a task, what they were handed, and their answers on its gold images, for its owner.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_seal::{PageRequest, PageSizes};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, pseudonyms::Pseudonyms};
use crate::domain::GoldRecord;
use crate::store::{
    exclusions, gold,
    tasks::{self, OwnTask},
};

/// How many operators a page has.
const OPERATORS: PageSizes = PageSizes { default: 100, most: 1_000 };
/// How many operators one statement reads in search of a pseudonym.
const SEARCHED: i64 = 1_000;

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

impl TaskOperator {
    /// Whether the operator takes part, for whoever reads.
    fn part(&self) -> &'static str {
        match (self.record.excluded_at, self.record.paused_at) {
            (Some(_), _) => "excluded",
            (None, Some(_)) => "paused",
            (None, None) => "takes part",
        }
    }

    /// What was done to an operator of a task who stands so now; nothing where nothing has changed.
    #[must_use]
    pub(in crate::app) fn to(&self, task: TaskId, after: &Self) -> Deed {
        let field = format!("operator {}", after.operator);
        Deed::on(task).field(&field, Some(self.part()), Some(after.part())).unless_idle()
    }
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
    let pseudonyms = app.names.of_task(&mut db, own.id()).await?;
    let seen = operators.into_iter().map(|(operator, record)| seen(pseudonyms, &own, operator, record));
    Ok((seen.collect(), next))
}

/// Who has this pseudonym in a task: somebody who was handed an image of it, or has a vote in it.
pub(in crate::app) async fn named(db: &mut PgConnection, app: &App, task: &OwnTask, pseudonym: &str) -> Result<UserId> {
    // A pseudonym can't be turned into an id; but it can be told whose it is.
    let is_named = |operator: &UserId| app.names.is_named(task.id(), *operator, pseudonym);
    let mut behind = Uuid::nil();
    loop {
        let page = gold::of_task(db, task, behind, SEARCHED).await?;
        let Some((last, _)) = page.last() else { break };
        behind = last.uuid();
        if let Some((operator, _)) = page.iter().find(|(operator, _)| is_named(operator)) {
            return Ok(*operator);
        }
    }
    let voters = exclusions::voters(db, task).await?;
    voters.into_iter().find(is_named).ok_or_else(|| Error::not_found("operator in this task"))
}

/// One operator as the task's owner sees them.
pub(in crate::app) async fn one(
    db: &mut PgConnection,
    app: &App,
    task: &OwnTask,
    operator: UserId,
) -> Result<TaskOperator> {
    let record = gold::of_operator(db, task, operator).await?;
    Ok(seen(app.names.of_task(db, task.id()).await?, task, operator, record))
}

fn seen(pseudonyms: &Pseudonyms, task: &OwnTask, operator: UserId, record: GoldRecord) -> TaskOperator {
    let qualified = record.qualified(task.gold.qualification);
    TaskOperator { operator: pseudonyms.of(task.id(), operator), qualified, record }
}
