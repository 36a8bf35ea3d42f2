//! The bytes of an image, for whoever holds it.

use std::time::Duration;

use labelmesh_blobs::Object;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::SubtaskId;

use crate::app::{App, Operator, handles::Handle};
use crate::store::leases::{self, Held};

/// An image on its way to an operator.
#[derive(Debug)]
pub struct Image {
    /// What the bytes are, such as `image/png`.
    pub media_type: String,
    /// The bytes.
    pub object: Object,
}

/// The bytes of an image that the operator holds. Holding a lease is the permission.
///
/// # Errors
/// NOT_FOUND where the operator does not hold it.
pub async fn image(app: &App, operator: Operator, subtask: SubtaskId) -> Result<Image> {
    let mut db = app.pool.acquire().await?;
    let found = leases::image(&mut db, operator.user_id(), subtask, app.clock.now()).await?;
    // Given back before the bytes go out, which may take long.
    drop(db);
    let (blob_key, media_type) = found.ok_or_else(|| Error::not_found("image in the operator's hands"))?;
    let object = app.blobs.get(&blob_key).await?;
    let object = object.ok_or_else(|| Error::internal(format!("the bytes of subtask {subtask} are gone")))?;
    Ok(Image { media_type, object })
}

/// Where the operator gets the image: an address that is signed until the lease ends, where the images' store can be
/// reached from outside; else a path of the REST gateway, where the operator's token is needed.
///
/// # Errors
/// Only if signing fails.
pub async fn image_url(app: &App, held: &Held, handle: Handle) -> Result<String> {
    let left = (held.expires_at - app.clock.now()).to_std().unwrap_or_default();
    let signed = app.blobs.presign_get(&held.blob_key, left.max(Duration::from_secs(1))).await?;
    Ok(signed.unwrap_or_else(|| format!("/v1/subtasks/{handle}/image")))
}
