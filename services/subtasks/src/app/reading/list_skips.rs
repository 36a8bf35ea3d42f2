//! The skips of a task, for its owner.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{PageRequest, PageSizes};

use crate::app::App;
use crate::domain::SkipReason;
use crate::store::{
    skips::{self, Position},
    tasks,
};

/// How many skips a page has.
const SKIPS: PageSizes = PageSizes { default: 100, most: 1_000 };

/// A skip as a task's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedImage {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The operator's pseudonym in this task.
    pub operator: String,
    /// Why, where the operator said it.
    pub reason: Option<SkipReason>,
    /// When.
    pub skipped_at: DateTime<Utc>,
}

/// Lists a page of a task's skips in the order in which they came, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, PAGE_TOKEN_INVALID.
pub async fn list_skips(
    app: &App,
    reach: Reach,
    task: TaskId,
    request: &PageRequest<'_>,
) -> Result<(Vec<SkippedImage>, String)> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let page = app.pages.page(request, "ListSkips", &[&task.to_string()], SKIPS)?;
    let behind = page.from.unwrap_or_else(Position::start);
    let mut skipped = skips::of_task(&mut db, &own, &behind, page.limit()).await?;
    let next = page.cut(&mut skipped, Position::behind);
    let pseudonyms = app.names.of_task(&mut db, task).await?;
    let images = skipped.into_iter().map(|skip| SkippedImage {
        subtask_id: skip.subtask_id,
        operator: pseudonyms.of(task, skip.operator_id),
        reason: skip.reason,
        skipped_at: skip.skipped_at,
    });
    Ok((images.collect(), next))
}
