//! What an operator has done, for the operator.
//!
//! Nobody may learn from it whether an image was gold. So votes are compared with decisions as of the last midnight:
//! otherwise an operator who looks before and after a vote would see whether that vote had decided the image, which no
//! answer on a gold image does. Votes are compared in groups of 20, because somebody may vote only once a day. Gold
//! answers are told of when the task has ended, because until then an answer may be changed.

use chrono::{DateTime, NaiveTime, Utc};
use labelmesh_errors::Result;
use labelmesh_seal::{PageRequest, PageSizes};
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::store::statistics::{self, Done};

/// How many tasks a page has.
const TASKS: PageSizes = PageSizes { default: 10, most: 50 };

/// A page of what an operator has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// By task, the newest first; only those in which something was done.
    pub tasks: Vec<Done>,
    /// The token of the next page.
    pub next_page_token: String,
    /// Only votes and decisions before this are compared.
    pub compared_until: DateTime<Utc>,
}

/// A page of what the operator has done.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub async fn statistics(app: &App, operator: Operator, request: &PageRequest<'_>) -> Result<Statistics> {
    let page = app.pages.page(request, "GetMyStatistics", &[], TASKS)?;
    let before = page.from.unwrap_or(Uuid::max());
    let compared_until = app.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut db = app.pool.acquire().await?;
    let mut tasks = statistics::of_operator(&mut db, operator.user_id(), before, page.limit(), compared_until).await?;
    let next_page_token = page.cut(&mut tasks, |last| last.task_id.uuid());
    // Others were only looked through.
    tasks.retain(|task| task.votes + task.skips > 0);
    Ok(Statistics { tasks, next_page_token, compared_until })
}
