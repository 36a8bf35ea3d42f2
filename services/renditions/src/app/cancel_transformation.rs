//! Cancels a transformation.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TransformationId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{domain::Transformation, store::transformations};

/// Cancels a transformation that has not ended. Its job goes on: somebody else may have asked for the same.
///
/// # Errors
/// NOT_FOUND, TRANSFORMATION_ENDED.
pub(crate) async fn cancel_transformation(app: &App, reach: Reach, id: TransformationId) -> Result<Transformation> {
    let now = app.clock.now();
    let (transformation, is_new) = run_tx(&app.pool, "cancel_transformation", |tx| {
        Box::pin(async move {
            let old = transformations::lock(tx, reach, id).await?.into_transformation();
            match old.clone().cancel(now)? {
                None => Ok((old, false)),
                Some(cancelled) => {
                    transformations::save_cancelled(tx, &cancelled).await?;
                    Ok((cancelled, true))
                }
            }
        })
    })
    .await?;
    if is_new {
        app.changed(&[(id, transformation.batch)]).await;
    }
    Ok(transformation)
}
