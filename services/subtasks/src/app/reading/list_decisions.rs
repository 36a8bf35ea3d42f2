//! What was decided about an image, for its task's owner.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{PageRequest, PageSizes};

use crate::app::App;
use crate::store::{
    decisions::{self, Kept},
    subtasks, tasks,
};

/// How many decisions a page has.
const DECISIONS: PageSizes = PageSizes { default: 20, most: 200 };

/// Lists a page of the decisions about an image, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the task or the image is not known or not the caller's, PAGE_TOKEN_INVALID.
pub async fn list_decisions(
    app: &App,
    reach: Reach,
    task: TaskId,
    image: SubtaskId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Kept>, String)> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let image = subtasks::within(&mut db, &own, image).await?;
    let page = app.pages.page(request, "ListDecisions", &[&image.id().to_string()], DECISIONS)?;
    let mut kept = decisions::of_image(&mut db, image, page.from.unwrap_or(u64::MAX), page.limit()).await?;
    let next = page.cut(&mut kept, |last| last.version);
    Ok((kept, next))
}
