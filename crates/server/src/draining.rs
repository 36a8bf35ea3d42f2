//! The moment at which a server begins to stop.

use tokio_util::sync::CancellationToken;

/// A signal that a server is stopping. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Draining(CancellationToken);

impl Draining {
    /// Begins to stop. Calling it again is harmless.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Waits until it begins.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }

    /// The same signal as a cancellation token.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}
