//! Lists transformations, page by page.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::BatchId;
use labelmesh_seal::{PageRequest, PageSizes};

use super::App;
use crate::{domain::Transformation, store::transformations};

/// How many a page has.
const SIZES: PageSizes = PageSizes { default: 50, most: 500 };

/// Transformations within reach, the newest first, and the token for the next page: all, or those of a batch.
///
/// # Errors
/// PAGE_TOKEN_INVALID.
pub(crate) async fn list_transformations(
    app: &App,
    reach: Reach,
    batch: Option<BatchId>,
    request: &PageRequest<'_>,
) -> Result<(Vec<Transformation>, String)> {
    let about = batch.map(|batch| batch.to_string()).unwrap_or_default();
    let page = app.pages.page(request, "ListTransformations", &[&about], SIZES)?;
    let mut connection = app.pool.acquire().await?;
    let mut found = transformations::list(&mut connection, reach, batch, page.from, page.limit()).await?;
    let next = page.cut(&mut found, |last| last.id);
    Ok((found, next))
}
