//! The votes of a task, for its owner.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{PageRequest, PageSizes};

use crate::app::App;
use crate::store::{
    tasks,
    votes::{self, Position},
};

/// How many votes a page has.
const VOTES: PageSizes = PageSizes { default: 100, most: 1_000 };

/// A vote as a task's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenVote {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The operator's pseudonym in this task.
    pub operator: String,
    /// The label.
    pub label: String,
    /// When it was given or last revised.
    pub voted_at: DateTime<Utc>,
    /// Whether it decides nothing.
    pub surplus: bool,
}

/// Lists a page of a task's votes in the order in which they were given, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, PAGE_TOKEN_INVALID.
pub async fn list_votes(
    app: &App,
    reach: Reach,
    task: TaskId,
    request: &PageRequest<'_>,
) -> Result<(Vec<GivenVote>, String)> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let page = app.pages.page(request, "ListVotes", &[&task.to_string()], VOTES)?;
    let behind = page.from.unwrap_or_else(Position::start);
    let mut given = votes::of_task(&mut db, &own, &behind, page.limit()).await?;
    let next = page.cut(&mut given, Position::behind);
    let pseudonyms = app.names.of_task(&mut db, task).await?;
    let votes = given.into_iter().map(|vote| GivenVote {
        subtask_id: vote.subtask_id,
        operator: pseudonyms.of(task, vote.operator_id),
        label: vote.label,
        voted_at: vote.voted_at,
        surplus: vote.surplus,
    });
    Ok((votes.collect(), next))
}
