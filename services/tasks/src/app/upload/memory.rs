//! The memory that files on their way in share, over all calls of a process.
//!
//! A file begins with a small reservation of [`SMALL_BYTES`]. One that outgrows it asks once for all that it may still
//! need, in the part set aside for large files. A file with a large reservation waits for nothing but its own client,
//! so files that wait for each other can't stop each other for ever, as they would if each grew step by step.

use std::sync::Arc;

use labelmesh_errors::{Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of a small reservation: most pictures to be labeled are smaller.
pub(super) const SMALL_BYTES: usize = 512 * 1024;
const KIB: usize = 1024;

/// The memory for files. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    /// Reservations of [`SMALL_BYTES`].
    small: Arc<Semaphore>,
    /// KiB.
    large: Arc<Semaphore>,
    max_file_bytes: usize,
}

/// Memory for one file, given back when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    memory: Memory,
    _small: OwnedSemaphorePermit,
    large: Option<OwnedSemaphorePermit>,
}

impl Memory {
    /// `total_bytes` for files of at most `max_file_bytes`: a quarter for small ones, the rest for large ones, and
    /// always enough for one of each.
    pub(crate) fn new(total_bytes: usize, max_file_bytes: usize) -> Self {
        let small = (total_bytes / 4 / SMALL_BYTES).max(1);
        let large = (total_bytes - total_bytes / 4).max(max_file_bytes) / KIB;
        Self { small: Arc::new(Semaphore::new(small)), large: Arc::new(Semaphore::new(large.max(1))), max_file_bytes }
    }

    /// The most bytes that a file may have.
    pub(super) fn max_file_bytes(&self) -> usize {
        self.max_file_bytes
    }

    /// Memory for a small file; waits until there is some.
    pub(super) async fn reserve(&self) -> Result<Reservation> {
        let small = Arc::clone(&self.small).acquire_owned().await.map_err(Error::internal)?;
        Ok(Reservation { memory: self.clone(), _small: small, large: None })
    }
}

impl Reservation {
    /// Makes sure of memory for so many bytes, at most the largest file; may wait.
    pub(super) async fn grow(&mut self, bytes: usize) -> Result<()> {
        if bytes <= SMALL_BYTES || self.large.is_some() {
            return Ok(());
        }
        let kib = kib(self.memory.max_file_bytes.saturating_sub(SMALL_BYTES));
        let permit = Arc::clone(&self.memory.large).acquire_many_owned(kib).await.map_err(Error::internal)?;
        self.large = Some(permit);
        Ok(())
    }

    /// The file has come to its end with so many bytes: the rest goes to others.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let needed = kib(bytes.saturating_sub(SMALL_BYTES)) as usize;
        if let Some(large) = &mut self.large {
            drop(large.split(large.num_permits().saturating_sub(needed)));
        }
    }
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const MIB: usize = 1024 * KIB;

    #[tokio::test]
    async fn large_files_wait_for_each_other_and_small_ones_pass() {
        let memory = Memory::new(8 * MIB, 4 * MIB);
        let mut first = memory.reserve().await.expect("memory");
        first.grow(MIB).await.expect("memory");
        let mut second = memory.reserve().await.expect("memory");
        assert!(second.grow(MIB).now_or_never().is_none(), "6 MiB are for large files, 3.5 are taken");
        let mut small = memory.reserve().await.expect("memory");
        small.grow(SMALL_BYTES).await.expect("memory");
        first.shrink(MIB);
        second.grow(MIB).now_or_never().expect("the first gave back what it did not need").expect("memory");
        drop(first);
        drop(second);
        let mut third = memory.reserve().await.expect("memory");
        third.grow(4 * MIB).now_or_never().expect("all was given back").expect("memory");
    }

    #[tokio::test]
    async fn one_file_of_each_size_always_fits() {
        let memory = Memory::new(0, 4 * MIB);
        let mut file = memory.reserve().await.expect("memory");
        file.grow(4 * MIB).now_or_never().expect("fits").expect("memory");
        assert!(memory.reserve().now_or_never().is_none());
    }
}
