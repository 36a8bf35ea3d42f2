//! What a client has.

use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;

use super::App;
use crate::{domain::Usage, store};

/// How much the caller has.
///
/// # Errors
/// NOT_FOUND for a caller who is nobody in particular.
pub(crate) async fn my_usage(app: &App, reach: Reach) -> Result<Usage> {
    let owner = reach.owner().ok_or_else(|| Error::not_found("client"))?;
    store::usage::of(&mut *app.pool.acquire().await?, owner).await
}
