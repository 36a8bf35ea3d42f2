//! Judges files off the async threads, within bounds of CPU and memory.

use std::sync::Arc;

use bytes::Bytes;
use labelmesh_errors::{Error, Result};
use labelmesh_service::panics::contained;
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::spawn_blocking,
};

use super::collect::Collected;
use crate::domain::{ContentHash, Header, Note, Picture, Refusal, Renditions};

const KIB: u64 = 1024;

/// A file that is an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// What can be seen.
    pub(super) picture: Picture,
    /// What was made of it for those who look at it.
    pub(super) renditions: Renditions,
    /// What is wrong with the file all the same.
    pub(super) notes: Vec<Note>,
}

/// Judges files. Clones share the bounds.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    /// How many work at once: no more than there are processors, or they only take each other's memory.
    workers: Arc<Semaphore>,
    /// KiB for pixels.
    memory: Arc<Semaphore>,
    memory_kib: u32,
    max_pixels: u64,
}

impl Judge {
    /// A judge who has `memory_bytes` for pixels and uses so many processors at once.
    pub(crate) fn new(max_pixels: u64, memory_bytes: u64, workers: usize) -> Self {
        let memory_kib = u32::try_from(memory_bytes / KIB).unwrap_or(u32::MAX).max(1);
        Self {
            workers: Arc::new(Semaphore::new(workers.max(1))),
            memory: Arc::new(Semaphore::new(memory_kib as usize)),
            memory_kib,
            max_pixels,
        }
    }

    /// The hash of a file.
    pub(super) async fn hash(&self, file: &Collected) -> Result<ContentHash> {
        let bytes = file.bytes.clone();
        let _worker = self.worker().await?;
        let hash = spawn_blocking(move || ContentHash(Sha256::digest(&bytes).into()));
        hash.await.map_err(Error::internal)
    }

    /// Whether a file is an image: by its header first, then by decoding it, which waits until there is memory for its
    /// pixels. A picture that needs more than there is in all is decoded alone. What others get is made of it then.
    pub(super) async fn judge(&self, file: &Collected) -> Result<std::result::Result<Judged, Refusal>> {
        let judged = self.within_bounds(file, |header, bytes| {
            let picture = header.decode(bytes)?;
            Ok(Judged { picture, renditions: header.renditions(bytes)?, notes: header.notes(bytes) })
        });
        judged.await
    }

    /// A thumbnail of an image that was judged when it was uploaded, within the same bounds; none where none can be
    /// made.
    pub(super) async fn thumbnail(&self, file: &Collected) -> Result<Option<Bytes>> {
        let made = self.within_bounds(file, |header, bytes| Ok(header.thumbnail(bytes).map(Bytes::from)));
        Ok(made.await?.unwrap_or_default())
    }

    /// Does something with a picture when there is a processor and memory for it. A decoder that panics is one that
    /// gives up.
    async fn within_bounds<T: Send + 'static>(
        &self,
        file: &Collected,
        work: fn(Header, &[u8]) -> std::result::Result<T, Refusal>,
    ) -> Result<std::result::Result<T, Refusal>> {
        let (bytes, max_pixels) = (file.bytes.clone(), self.max_pixels);
        let _worker = self.worker().await?;
        let header = spawn_blocking(move || contained(|| Header::read(&bytes, max_pixels))).await;
        let header = match header.map_err(Error::internal)?.unwrap_or_else(|| Err(given_up())) {
            Ok(header) => header,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let kib = u32::try_from(header.memory_bytes().div_ceil(KIB)).unwrap_or(u32::MAX).min(self.memory_kib);
        let memory = Arc::clone(&self.memory).acquire_many_owned(kib).await.map_err(Error::internal)?;
        let bytes = file.bytes.clone();
        let done = spawn_blocking(move || {
            let done = contained(|| work(header, &bytes));
            // Counted here: a caller who gives up waiting does not end the work.
            drop(memory);
            done
        });
        Ok(done.await.map_err(Error::internal)?.unwrap_or_else(|| Err(given_up())))
    }

    async fn worker(&self) -> Result<SemaphorePermit<'_>> {
        self.workers.acquire().await.map_err(Error::internal)
    }
}

/// A decoder that panics has found something it did not expect.
fn given_up() -> Refusal {
    Refusal::Damaged("the decoder gave up".to_owned())
}
