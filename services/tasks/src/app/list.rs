//! Lists tasks, images and results, page by page.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::{
    domain::{Image, ImageResult, Task},
    store::{self, tasks::OwnTask},
};

/// How many tasks a page has.
const TASKS: PageSizes = PageSizes { default: 50, most: 200 };
/// How many images, or results, a page has.
const IMAGES: PageSizes = PageSizes { default: 100, most: 1_000 };

/// The task of this id, as far as the caller's permission reaches.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn get_task(app: &App, reach: Reach, id: TaskId) -> Result<OwnTask> {
    store::tasks::within(&mut *app.pool.acquire().await?, reach, id).await
}

/// Tasks within reach, the newest first, and the token for the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_tasks(app: &App, reach: Reach, request: &PageRequest<'_>) -> Result<(Vec<Task>, String)> {
    let page = app.pages.page(request, "ListTasks", &[""], TASKS)?;
    let mut tasks = store::tasks::list(&mut *app.pool.acquire().await?, reach, page.from, page.limit()).await?;
    let next = page.cut(&mut tasks, |last| last.id);
    Ok((tasks, next))
}

/// The images of a task, in the order of their places, and the token for the next page.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_images(
    app: &App,
    reach: Reach,
    id: TaskId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Image>, String)> {
    let page = app.pages.page(request, "ListImages", &[&id.to_string()], IMAGES)?;
    let mut connection = app.pool.acquire().await?;
    let task = store::tasks::within(&mut connection, reach, id).await?;
    let mut images = store::images::list(&mut connection, &task, page.from.unwrap_or_default(), page.limit()).await?;
    let next = page.cut(&mut images, |last| last.position);
    Ok((images, next))
}

/// The images of a task with what was decided, in the order of their places, and the token for the next page; all of
/// them, or those alone whose decision is contested.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_results(
    app: &App,
    reach: Reach,
    id: TaskId,
    contested_only: bool,
    request: &PageRequest<'_>,
) -> Result<(Vec<ImageResult>, String)> {
    let which = if contested_only { format!("{id} contested") } else { id.to_string() };
    let page = app.pages.page(request, "ListResults", &[&which], IMAGES)?;
    let (after, limit) = (page.from.unwrap_or_default(), page.limit());
    let mut connection = app.pool.acquire().await?;
    let task = store::tasks::within(&mut connection, reach, id).await?;
    let mut results = if contested_only {
        store::results::list_contested(&mut connection, &task, after, limit).await?
    } else {
        store::results::list(&mut connection, &task, after, limit).await?
    };
    let next = page.cut(&mut results, |last| last.position);
    Ok((results, next))
}
