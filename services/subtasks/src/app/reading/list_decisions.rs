//! What was decided about an image, for its task's owner.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_seal::{context, page_size};

use crate::app::App;
use crate::store::{
    decisions::{self, Kept},
    subtasks, tasks,
};

/// How many decisions a page has where the caller does not say.
const PAGE: i64 = 20;
/// How many it has at most.
const LONGEST_PAGE: i64 = 200;

/// Lists a page of the decisions about an image, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the task or the image is not known or not the caller's, PAGE_TOKEN_INVALID.
pub async fn list_decisions(
    app: &App,
    reach: Reach,
    task: TaskId,
    image: SubtaskId,
    asked: i32,
    page_token: &str,
) -> Result<(Vec<Kept>, String)> {
    let mut db = app.pool.acquire().await?;
    let owner = tasks::owner(&mut db, task).await?;
    if !owner.is_some_and(|owner| reach.covers(owner)) {
        return Err(Error::not_found("task"));
    }
    if subtasks::task_of(&mut db, image).await? != Some(task) {
        return Err(Error::not_found("image"));
    }
    let about = context(&["ListDecisions", &image.to_string()]);
    let below = app.pages.open(&about, page_token)?.unwrap_or(u64::MAX);
    let size = page_size(asked, PAGE, LONGEST_PAGE);
    let mut kept = decisions::of_image(&mut db, image, below, size + 1).await?;
    let next = app.pages.cut(&about, &mut kept, size, |last| last.version);
    Ok((kept, next))
}
