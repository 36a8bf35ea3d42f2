//! The key as it stands in configuration.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use labelmesh_clock::Random;
use labelmesh_identity::KeyList;
use serde::{Deserialize, Deserializer, de};
use sha2::{Digest as _, Sha256};

/// A text that is not 32 bytes in base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 bytes in base64url without padding")]
pub struct InvalidKey;

/// The keys of one purpose: the first seals, all of them open.
pub type SealKeys = KeyList<SealKey>;

/// A secret key of 32 bytes; in configuration, base64url without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey(pub(crate) [u8; 32]);

impl SealKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// The key in the form that configuration takes. A secret.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the key is called where it is told of: 8 hexadecimal digits that say nothing of it.
    #[must_use]
    pub fn id(&self) -> String {
        let digest = Sha256::new().chain_update("labelmesh seal key\0").chain_update(self.0).finalize();
        hex::encode(&digest[..4])
    }
}

impl From<[u8; 32]> for SealKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for SealKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidKey)?;
        bytes.try_into().map(Self).map_err(|_| InvalidKey)
    }
}

impl<'de> Deserialize<'de> for SealKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({}, secret)", self.id())
    }
}
