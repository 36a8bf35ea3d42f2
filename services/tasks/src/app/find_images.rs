//! Finds the files of images by their hashes, for a service that makes pictures of them.

use labelmesh_errors::Result;
use labelmesh_identity::Reach;

use super::App;
use crate::{
    domain::{ContentHash, ImageFile},
    store::images,
};

/// The files with these hashes that are images of tasks within somebody's reach. Their objects may be removed at any
/// moment, as the images are.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn find_images(app: &App, reach: Reach, hashes: &[ContentHash]) -> Result<Vec<ImageFile>> {
    images::files(&mut *app.pool.acquire().await?, reach, hashes).await
}
