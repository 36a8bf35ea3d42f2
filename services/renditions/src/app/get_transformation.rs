//! Looks at a transformation: now, or when it has ended.

use std::time::Duration;

use futures::StreamExt as _;
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TransformationId;
use tokio::time::{Instant, sleep_until};

use super::{App, READ_EVERY, transformation_hint};
use crate::{domain::Transformation, store::transformations};

/// The transformation of this id, as far as the caller's permission reaches.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn get_transformation(app: &App, reach: Reach, id: TransformationId) -> Result<Transformation> {
    let found = transformations::within(&mut *app.pool.acquire().await?, reach, id).await?;
    Ok(found.into_transformation())
}

/// The same when it has ended, or as it is when the patience is at its end. Where very many wait already, nobody else
/// does.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn wait_for_transformation(
    app: &App,
    reach: Reach,
    id: TransformationId,
    patience: Duration,
) -> Result<Transformation> {
    let mut transformation = get_transformation(app, reach, id).await?;
    let Ok(_place) = app.waiting.try_acquire() else { return Ok(transformation) };
    if transformation.ended_at().is_some() {
        return Ok(transformation);
    }
    let until = Instant::now() + patience;
    let mut hints = std::pin::pin!(app.bus.hints(&transformation_hint(id)).await);
    loop {
        // After the subscription, so that no change falls in between.
        transformation = get_transformation(app, reach, id).await?;
        if transformation.ended_at().is_some() || Instant::now() >= until {
            return Ok(transformation);
        }
        tokio::select! {
            Some(_) = hints.next() => {}
            () = sleep_until(until.min(Instant::now() + READ_EVERY)) => {}
        }
    }
}
