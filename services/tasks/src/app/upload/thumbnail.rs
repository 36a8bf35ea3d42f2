//! Makes a thumbnail of an image that has none, because an earlier release took it.

use bytes::Bytes;
use labelmesh_errors::{Error, Result};

use super::{App, collect::Collected};
use crate::domain::Image;

/// A thumbnail of an image's file, within the bounds of uploads; none where none can be made.
///
/// # Errors
/// Unavailable if the store does not answer.
pub(crate) async fn make_thumbnail(app: &App, image: &Image) -> Result<Option<Bytes>> {
    let size = usize::try_from(image.size_bytes).map_err(Error::internal)?;
    let mut memory = app.memory.reserve().await?;
    memory.grow(size).await?;
    memory.shrink(size);
    let object = app.blobs.get(&image.hash.blob_key()).await?;
    let object = object.ok_or_else(|| Error::internal(format!("the file {} is not stored", image.hash)))?;
    app.judge.thumbnail(&Collected::new(object.bytes().await?, memory)).await
}
