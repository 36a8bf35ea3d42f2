//! Turns: of the long computations, one runs at a time.

use labelmesh_errors::{Error, Result};
use tokio::sync::OwnedSemaphorePermit;

use super::App;

/// A turn to compute something long. Wait for it before the votes are read, because they take most of the memory.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Computes off the threads that serve calls.
    pub(super) async fn compute<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(self);
            result
        });
        done.await.map_err(Error::internal)
    }
}

impl App {
    /// Waits for a turn to compute something long.
    pub(super) async fn turn(&self) -> Result<Turn> {
        self.computing.clone().acquire_owned().await.map(|_permit| Turn { _permit }).map_err(Error::internal)
    }
}
