//! Pictures in S3, as workers read and write them.

use bytes::Bytes;
use labelmesh_blobs::Put;
use labelmesh_errors::Error;
use labelmesh_events::Failure as Trouble;

use super::Worker;
use crate::domain::{Digest, JobKey, Rendition};

/// What tells what pictures are.
const DESCRIPTION: &str = "application/json";

impl Worker {
    /// The pictures of a job, if they were made before. A description that can't be read is none: it is written by
    /// another release, and the pictures are made again.
    pub(super) async fn known(&self, key: &JobKey) -> Result<Option<Vec<Rendition>>, Trouble> {
        let key = key.description_key();
        let description = self.patiently("look for pictures", || self.whole(&key)).await?;
        Ok(description.and_then(|description| serde_json::from_slice(&description).ok()))
    }

    /// The bytes of a source; none where they are kept no longer.
    pub(super) async fn source(&self, digest: &Digest) -> Result<Option<Bytes>, Trouble> {
        let key = digest.source_key();
        self.patiently("read a source", || self.whole(&key)).await
    }

    /// Stores one of the pictures of a job.
    pub(super) async fn store(&self, key: &JobKey, picture: Vec<u8>, rendition: &Rendition) -> Result<(), Trouble> {
        let (key, picture) = (key.picture_key(&rendition.sha256), Bytes::from(picture));
        let put = || self.blobs.put_if_absent(&key, picture.clone(), &rendition.media_type);
        self.patiently("store a picture", put).await?;
        Ok(())
    }

    /// Stores what the pictures of a job are, and returns that: where another worker has said it before, it is what
    /// that one said.
    pub(super) async fn describe(&self, key: &JobKey, renditions: Vec<Rendition>) -> Result<Vec<Rendition>, Trouble> {
        let name = key.description_key();
        let description = Bytes::from(serde_json::to_vec(&renditions).map_err(Trouble::poison)?);
        let put = || self.blobs.put_if_absent(&name, description.clone(), DESCRIPTION);
        match self.patiently("store what pictures are", put).await? {
            Put::Written => Ok(renditions),
            Put::Present => Ok(self.known(key).await?.unwrap_or(renditions)),
        }
    }

    async fn whole(&self, key: &str) -> Result<Option<Bytes>, Error> {
        match self.blobs.get(key).await? {
            Some(object) => Ok(Some(object.bytes().await?)),
            None => Ok(None),
        }
    }
}
