//! The audit record.

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Everything;
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::{
    domain::{Act, ActFilter},
    store::acts,
};

/// How many acts a page has.
const ACTS: PageSizes = PageSizes { default: 100, most: 1_000 };
/// How many acts one query reads.
const BATCH: i64 = 500;

/// Adds what services tell. Again is harmless.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn add_acts(app: &App, told: &[Act]) -> Result<()> {
    run_tx(&app.pool, "add_acts", |tx| Box::pin(async move { acts::add(tx, told).await })).await
}

/// Lists a page of acts, the newest first, and the token of the next page.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_acts(
    app: &App,
    _: Everything,
    filter: &ActFilter,
    request: &PageRequest<'_>,
) -> Result<(Vec<Act>, String)> {
    let question = serde_json::json!(filter).to_string();
    let page = app.pages.page(request, "ListActs", &[&question], ACTS)?;
    let (from, limit) = (page.from, page.limit());
    let listed = run_tx(&app.pool, "list_acts", |tx| Box::pin(acts::list(tx, filter, from, limit)));
    let mut listed = listed.await?;
    let next = page.cut(&mut listed, |last| last.id);
    Ok((listed, next))
}

/// Streams acts, the newest first, read page by page.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_acts(
    app: &App,
    _: Everything,
    filter: ActFilter,
) -> impl Stream<Item = Result<Act>> + Send + use<> {
    let begin = Some(None);
    let pages = stream::try_unfold((app.pool.clone(), filter, begin), |(pool, filter, behind)| async move {
        let Some(behind) = behind else { return Ok::<_, Error>(None) };
        let page = run_tx(&pool, "export_acts", |tx| Box::pin(acts::list(tx, &filter, behind, BATCH))).await?;
        let next = page.last().map(|last| Some(last.id));
        Ok(Some((page, (pool, filter, next))))
    });
    pages.map_ok(|page| stream::iter(page).map(Ok)).try_flatten()
}
