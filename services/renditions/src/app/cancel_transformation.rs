//! Cancels a transformation.

use std::collections::BTreeSet;

use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::TransformationId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::Transformation,
    store::{jobs, lines, transformations},
};

/// Cancels a transformation that has not ended. Its job goes on where it is queued or somebody else has asked for the
/// same: what waits for nobody any more leaves its line.
///
/// # Errors
/// NOT_FOUND, TRANSFORMATION_ENDED.
pub(crate) async fn cancel_transformation(app: &App, reach: Reach, id: TransformationId) -> Result<Transformation> {
    let now = app.clock.now();
    let (transformation, is_new) = run_tx(&app.pool, "cancel_transformation", |tx| {
        Box::pin(async move {
            // Strangers must not be able to make others wait.
            let key = transformations::within(tx, reach, id).await?.key;
            let waits_in = lines::waiting(tx, &key).await?;
            if let Some(line) = waits_in {
                lines::lock(tx, &BTreeSet::from([line])).await?;
                jobs::lock(tx, &BTreeSet::from([key])).await?;
            }
            let old = transformations::lock(tx, reach, id).await?.into_transformation();
            match old.clone().cancel(now)? {
                None => Ok((old, false)),
                Some(cancelled) => {
                    transformations::save_cancelled(tx, &cancelled).await?;
                    if waits_in.is_some() {
                        lines::leave(tx, &key, now).await?;
                    }
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
