//! Reads a picture that a transformation has made.

use labelmesh_blobs::Object;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TransformationId;

use super::{App, get_transformation};
use crate::domain::Rendition;

/// One of the pictures of a transformation, from 0, and what it is.
///
/// # Errors
/// NOT_FOUND, RENDITION_NOT_READY.
pub(crate) async fn rendition(
    app: &App,
    reach: Reach,
    id: TransformationId,
    index: usize,
) -> Result<(Rendition, Object)> {
    let transformation = get_transformation(app, reach, id).await?;
    let rendition = transformation.rendition(index)?.clone();
    let object = app.blobs.get(&transformation.key.picture_key(&rendition.sha256)).await?;
    let object = object.ok_or_else(|| Error::internal(format!("the picture {} is not stored", transformation.key)))?;
    Ok((rendition, object))
}
