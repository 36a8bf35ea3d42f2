//! What an operator has done, for the operator.
//!
//! Nobody may learn from it what an image was. So votes are compared with decisions as of the last midnight, or else
//! whoever looks before and after a vote of theirs would see whether that vote had decided the image, which no answer on
//! a gold image does, and by groups of 20, as somebody may vote but once a day; and gold is told of when the task has ended, as until then an answer may be changed.

use chrono::{DateTime, NaiveTime, Utc};
use labelmesh_errors::Result;
use labelmesh_seal::{context, page_size};
use uuid::Uuid;

use crate::app::{App, Operator};
use crate::store::statistics::{self, Done};

/// How many tasks a page has where the caller does not say.
const PAGE: i64 = 10;
/// How many it has at most.
const LONGEST_PAGE: i64 = 50;

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
pub async fn statistics(app: &App, operator: Operator, asked: i32, page_token: &str) -> Result<Statistics> {
    let operator = operator.user_id();
    let about = context(&["GetMyStatistics", &operator.to_string()]);
    let before = app.pages.open(&about, page_token)?.unwrap_or(Uuid::max());
    let size = page_size(asked, PAGE, LONGEST_PAGE);
    let compared_until = app.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut db = app.pool.acquire().await?;
    let mut tasks = statistics::of_operator(&mut db, operator, before, size + 1, compared_until).await?;
    let next_page_token = app.pages.cut(&about, &mut tasks, size, |last| last.task_id.uuid());
    // Others were only looked through.
    tasks.retain(|task| task.votes + task.skips > 0);
    Ok(Statistics { tasks, next_page_token, compared_until })
}
