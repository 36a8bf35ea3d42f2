//! Whether a consumer has what it needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells whether a consumer has found its stream and can work. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Whether it can work at present.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Relaxed);
    }
}
