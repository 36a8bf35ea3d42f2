//! Looking at tasks, images and results, page by page.

use labelmesh_errors::Result;
use labelmesh_identity::{Principal, Reach};
use labelmesh_ids::TaskId;
use labelmesh_seal::context;
use serde::{Serialize, de::DeserializeOwned};

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
    fn limit(&self, default: i64, most: i64) -> i64 {
        match i64::from(self.size) {
            ..=0 => default,
            size => size.min(most),
        }
    }

    fn open<T: DeserializeOwned>(&self, app: &App, method: &str, about: &str) -> Result<Option<T>> {
        app.pages.open(&self.context(method, about), self.token)
    }

    /// The token for what comes after `last`; empty where there is no more. One row more than the page was read to know.
    fn next<T: Serialize>(&self, app: &App, method: &str, about: &str, last: Option<T>) -> String {
        last.map_or_else(String::new, |last| app.pages.seal(&self.context(method, about), &last))
    }

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
    const METHOD: &str = "ListTasks";
    let before = page.open(app, METHOD, "")?;
    let limit = page.limit(50, 200);
    let mut tasks = store::tasks::list(&mut *app.pool.acquire().await?, reach, before, limit + 1).await?;
    let last = cut(&mut tasks, limit).map(|task| task.id);
    Ok((tasks, page.next(app, METHOD, "", last)))
}

/// The images of a task, in the order of upload, and the token for the next page.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_images(app: &App, reach: Reach, id: TaskId, page: &Page<'_>) -> Result<(Vec<Image>, String)> {
    const METHOD: &str = "ListImages";
    let after = page.open(app, METHOD, &id.to_string())?.unwrap_or_default();
    let limit = page.limit(100, 1_000);
    let mut connection = app.pool.acquire().await?;
    store::tasks::find(&mut connection, reach, id).await?;
    let mut images = store::images::list(&mut connection, id, after, limit + 1).await?;
    let last = cut(&mut images, limit).map(|image| image.position);
    Ok((images, page.next(app, METHOD, &id.to_string(), last)))
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
    const METHOD: &str = "ListResults";
    let about = if contested_only { format!("{id} contested") } else { id.to_string() };
    let after = page.open(app, METHOD, &about)?.unwrap_or_default();
    let limit = page.limit(100, 1_000);
    let mut connection = app.pool.acquire().await?;
    store::tasks::find(&mut connection, reach, id).await?;
    let mut results = if contested_only {
        store::results::list_contested(&mut connection, id, after, limit + 1).await?
    } else {
        store::results::list(&mut connection, id, after, limit + 1).await?
    };
    let last = cut(&mut results, limit).map(|result| result.position);
    Ok((results, page.next(app, METHOD, &about, last)))
}

/// Cuts what was read down to the page; returns its last row where more was read, that is where there is a next page.
fn cut<T>(rows: &mut Vec<T>, limit: i64) -> Option<&T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last()
}
