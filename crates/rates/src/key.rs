//! Who did what, as a digest.

use sha2::{Digest as _, Sha256};

/// Who did what. It is the same in every replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// What was done, such as the path of a method, and by whom.
    #[must_use]
    pub fn of(what: &str, whom: &str) -> Self {
        let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(whom).finalize();
        Self::read(&digest).expect("a digest is longer than a key")
    }

    /// The key that these bytes begin with.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk().copied().map(Self)
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}
