//! Reads an image for whoever may see its task.

use bytes::Bytes;
use futures::{StreamExt as _, future, stream::BoxStream};
use labelmesh_blobs::Object;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, TaskId};

use super::{App, upload::make_thumbnail};
use crate::{
    domain::{Image, MediaType, has_thumbnail},
    store,
};

/// In which size an image is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageSize {
    /// The file that was uploaded.
    Original,
    /// What operators get.
    Operator,
    /// A thumbnail.
    Thumbnail,
}

/// A picture on its way out.
pub(crate) struct ImageBytes {
    /// What the bytes are.
    pub(crate) media_type: String,
    /// How many bytes, where the store said it.
    pub(crate) size: Option<u64>,
    /// The bytes.
    pub(crate) pieces: BoxStream<'static, Result<Bytes>>,
}

impl ImageBytes {
    fn stored(object: Object, media_type: String) -> Self {
        // No picture is empty: the store did not say how long it is.
        let size = Some(object.size).filter(|size| *size > 0);
        Self { media_type, size, pieces: object.into_stream().boxed() }
    }

    fn made(bytes: Bytes, media_type: String) -> Self {
        let size = Some(bytes.len() as u64);
        Self { media_type, size, pieces: futures::stream::once(future::ready(Ok(bytes))).boxed() }
    }
}

/// An image of a task, in a size.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn get_image(
    app: &App,
    reach: Reach,
    task: TaskId,
    image: ImageId,
    size: ImageSize,
) -> Result<ImageBytes> {
    let mut connection = app.pool.acquire().await?;
    let task = store::tasks::within(&mut connection, reach, task).await?;
    let image = store::images::get(&mut connection, &task, image).await?;
    let image = image.ok_or_else(|| Error::not_found("image"))?;
    // What follows may take its time, and needs no connection.
    drop(connection);
    match size {
        ImageSize::Original => stored(app, &image.hash.blob_key(), image.media_type).await,
        ImageSize::Operator => stored(app, &image.operators_key(), image.media_type).await,
        ImageSize::Thumbnail => thumbnail(app, image).await,
    }
}

/// The thumbnail that is stored, or one that is made now. An image that is no larger, or of which none can be made, is
/// what operators get.
async fn thumbnail(app: &App, image: Image) -> Result<ImageBytes> {
    if has_thumbnail(image.width, image.height) {
        let media_type = MediaType::named(&image.media_type).ok_or_else(|| Error::internal("an unknown type"))?;
        let media_type = media_type.of_thumbnail().as_str().to_owned();
        if let Some(object) = app.blobs.get(&image.hash.thumbnail_key()).await? {
            return Ok(ImageBytes::stored(object, media_type));
        }
        if let Some(bytes) = make_thumbnail(app, &image).await? {
            return Ok(ImageBytes::made(bytes, media_type));
        }
    }
    stored(app, &image.operators_key(), image.media_type).await
}

async fn stored(app: &App, key: &str, media_type: String) -> Result<ImageBytes> {
    let object = app.blobs.get(key).await?;
    let object = object.ok_or_else(|| Error::internal(format!("the object {key} is not stored")))?;
    Ok(ImageBytes::stored(object, media_type))
}
