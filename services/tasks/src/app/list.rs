//! Lists tasks, images and results, page by page.

use labelmesh_errors::Result;
use labelmesh_identity::{Principal, Reach};
use labelmesh_ids::TaskId;
use labelmesh_seal::{context, page_size};

use super::App;
use crate::{
    domain::{Image, ImageResult, Task},
    store,
};

/// Which page is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Page<'a> {
    /// Who asks: a token is of no use to anybody else.
    pub(crate) principal: &'a Principal,
    /// At most so many; 0 means the default.
    pub(crate) size: i32,
    /// From the page before; empty for the first.
    pub(crate) token: &'a str,
}

impl Page<'_> {
    /// What its token is for.
    fn context(&self, method: &str, about: &str) -> String {
        context(&[method, &self.principal.key(), about])
    }
}

/// A task within reach.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn get_task(app: &App, reach: Reach, id: TaskId) -> Result<Task> {
    store::tasks::find(&mut *app.pool.acquire().await?, reach, id).await
}

/// Tasks within reach, the newest first, and the token for the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_tasks(app: &App, reach: Reach, page: &Page<'_>) -> Result<(Vec<Task>, String)> {
    let about = page.context("ListTasks", "");
    let before = app.pages.open(&about, page.token)?;
    let size = page_size(page.size, 50, 200);
    let mut tasks = store::tasks::list(&mut *app.pool.acquire().await?, reach, before, size + 1).await?;
    let next = app.pages.cut(&about, &mut tasks, size, |last| last.id);
    Ok((tasks, next))
}

/// The images of a task, in the order of upload, and the token for the next page.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_images(app: &App, reach: Reach, id: TaskId, page: &Page<'_>) -> Result<(Vec<Image>, String)> {
    let about = page.context("ListImages", &id.to_string());
    let after = app.pages.open(&about, page.token)?.unwrap_or_default();
    let size = page_size(page.size, 100, 1_000);
    let mut connection = app.pool.acquire().await?;
    store::tasks::find(&mut connection, reach, id).await?;
    let mut images = store::images::list(&mut connection, id, after, size + 1).await?;
    let next = app.pages.cut(&about, &mut images, size, |last| last.position);
    Ok((images, next))
}

/// The images of a task with what was decided, in the order of upload, and the token for the next page; all of them, or
/// those alone whose decision is contested.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_results(
    app: &App,
    reach: Reach,
    id: TaskId,
    contested_only: bool,
    page: &Page<'_>,
) -> Result<(Vec<ImageResult>, String)> {
    let which = if contested_only { format!("{id} contested") } else { id.to_string() };
    let about = page.context("ListResults", &which);
    let after = app.pages.open(&about, page.token)?.unwrap_or_default();
    let size = page_size(page.size, 100, 1_000);
    let mut connection = app.pool.acquire().await?;
    store::tasks::find(&mut connection, reach, id).await?;
    let mut results = if contested_only {
        store::results::list_contested(&mut connection, id, after, size + 1).await?
    } else {
        store::results::list(&mut connection, id, after, size + 1).await?
    };
    let next = app.pages.cut(&about, &mut results, size, |last| last.position);
    Ok((results, next))
}
