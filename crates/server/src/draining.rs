//! The moment at which a server begins to stop.

use tokio_util::sync::CancellationToken;

/// Says that a server is stopping. Clones say the same.
#[derive(Debug, Clone, Default)]
pub struct Draining(CancellationToken);

impl Draining {
    /// Begins to stop. Again is harmless.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Waits until it begins.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }

    /// The same as a token, for whatever wants one.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}
