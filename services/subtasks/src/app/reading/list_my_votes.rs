//! What an operator has voted in a task, for the operator.
//!
//! Neither whether a vote counts nor whether it was right is told: a gold image would show.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{PageRequest, PageSizes};

use crate::app::{App, Operator};
use crate::store::votes::{self, Position};

/// How many votes a page has.
const VOTES: PageSizes = PageSizes { default: 100, most: 1_000 };

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
    request: &PageRequest<'_>,
) -> Result<(Vec<MyVote>, String)> {
    let page = app.pages.page(request, "ListMyVotes", &[&task.to_string()], VOTES)?;
    let before = page.from.unwrap_or_else(Position::end);
    let mut db = app.pool.acquire().await?;
    let mut given = votes::of_operator(&mut db, operator.user_id(), task, &before, page.limit()).await?;
    let next = page.cut(&mut given, Position::behind);
    let mine = |vote: votes::Given| MyVote { subtask_id: vote.subtask_id, label: vote.label, voted_at: vote.voted_at };
    Ok((given.into_iter().map(mine).collect(), next))
}
