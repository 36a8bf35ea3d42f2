//! Pictures in S3, as workers read and write them.

use bytes::Bytes;
use labelmesh_errors::Error;
use labelmesh_events::Failure as Trouble;

use super::Worker;
use crate::domain::{Digest, Job, JobKey, Rendition};

/// What tells what a picture is.
const DESCRIPTION: &str = "application/json";

impl Worker {
    /// The picture of a job, if it was made before. A description that can't be read is none: it is written by another
    /// release, and the picture is made again.
    pub(super) async fn known(&self, job: &Job) -> Result<Option<Rendition>, Trouble> {
        let key = job.key.description_key();
        let description = self.patiently("look for a picture", || self.whole(&key)).await?;
        Ok(description.and_then(|description| serde_json::from_slice(&description).ok()))
    }

    /// The bytes of a source; none where they are kept no longer.
    pub(super) async fn source(&self, digest: &Digest) -> Result<Option<Bytes>, Trouble> {
        let key = digest.source_key();
        self.patiently("read a source", || self.whole(&key)).await
    }

    /// Stores a picture, and then what it is: where that is told, the picture is there.
    pub(super) async fn store(&self, key: &JobKey, picture: Vec<u8>, rendition: &Rendition) -> Result<(), Trouble> {
        let (picture_key, description_key) = (key.picture_key(), key.description_key());
        let picture = Bytes::from(picture);
        let put = || self.blobs.put_if_absent(&picture_key, picture.clone(), &rendition.media_type);
        self.patiently("store a picture", put).await?;
        let description = Bytes::from(serde_json::to_vec(rendition).map_err(Trouble::poison)?);
        let put = || self.blobs.put_if_absent(&description_key, description.clone(), DESCRIPTION);
        self.patiently("store what a picture is", put).await?;
        Ok(())
    }

    async fn whole(&self, key: &str) -> Result<Option<Bytes>, Error> {
        match self.blobs.get(key).await? {
            Some(object) => Ok(Some(object.bytes().await?)),
            None => Ok(None),
        }
    }
}
