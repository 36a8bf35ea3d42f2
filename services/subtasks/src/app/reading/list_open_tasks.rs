//! The open tasks that an operator may label, for the operator.

use labelmesh_errors::Result;
use labelmesh_seal::{PageRequest, PageSizes};
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::store::audiences::{self, OpenTask};

/// How many tasks a page has.
const TASKS: PageSizes = PageSizes { default: 20, most: 50 };
/// How many images of a task are counted.
const COUNTED: i64 = 1_000;

/// Lists a page of the open tasks that an operator may label, the newest first, and the token of the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub async fn list_open_tasks(
    app: &App,
    operator: Operator,
    request: &PageRequest<'_>,
) -> Result<(Vec<OpenTask>, String)> {
    let page = app.pages.page(request, "ListOpenTasks", &[], TASKS)?;
    let before = page.from.unwrap_or(Uuid::max());
    let mut db = app.pool.acquire().await?;
    let mut tasks = audiences::open_to(&mut db, operator.user_id(), before, page.limit(), COUNTED).await?;
    let next = page.cut(&mut tasks, |last| last.task_id.uuid());
    Ok((tasks, next))
}
