//! Reads the picture that a transformation has made.

use labelmesh_blobs::Object;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TransformationId;

use super::{App, get_transformation};
use crate::domain::Rendition;

/// The picture of a transformation, and what it is.
///
/// # Errors
/// NOT_FOUND, RENDITION_NOT_READY.
pub(crate) async fn rendition(app: &App, reach: Reach, id: TransformationId) -> Result<(Rendition, Object)> {
    let transformation = get_transformation(app, reach, id).await?;
    let rendition = transformation.rendition()?.clone();
    let object = app.blobs.get(&transformation.key.picture_key()).await?;
    let object = object.ok_or_else(|| Error::internal(format!("the picture {} is not stored", transformation.key)))?;
    Ok((rendition, object))
}
