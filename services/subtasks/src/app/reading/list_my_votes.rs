//! What an operator has voted in a task, for the operator.
//!
//! Neither whether a vote counts nor whether it was right is told: a gold image would show.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{context, page_size};

use crate::app::{App, Operator};
use crate::store::votes::{self, Position};

/// How many votes a page has where the caller does not say.
const PAGE: i64 = 100;
/// How many it has at most.
const LONGEST_PAGE: i64 = 1_000;

/// A vote as whoever gave it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyVote {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The label.
    pub label: String,
    /// When it was given or last revised.
    pub voted_at: DateTime<Utc>,
}

/// Lists a page of the operator's votes in a task, the last given first, and the token of the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub async fn list_my_votes(
    app: &App,
    operator: Operator,
    task: TaskId,
    asked: i32,
    page_token: &str,
) -> Result<(Vec<MyVote>, String)> {
    let operator = operator.user_id();
    let about = context(&["ListMyVotes", &operator.to_string(), &task.to_string()]);
    let before = app.pages.open(&about, page_token)?.unwrap_or_else(Position::end);
    let size = page_size(asked, PAGE, LONGEST_PAGE);
    let mut db = app.pool.acquire().await?;
    let mut given = votes::of_operator(&mut db, operator, task, &before, size + 1).await?;
    let next = app.pages.cut(&about, &mut given, size, Position::behind);
    let mine = |vote: votes::Given| MyVote { subtask_id: vote.subtask_id, label: vote.label, voted_at: vote.voted_at };
    Ok((given.into_iter().map(mine).collect(), next))
}
