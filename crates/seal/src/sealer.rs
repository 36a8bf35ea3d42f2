//! Sealing and opening bytes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use labelmesh_clock::Random;

use crate::SealKey;

const NONCE: usize = 24;

/// Bytes that were not sealed with this key for this context, or are damaged. Which one can't be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed with this key for this context")]
pub struct Broken;

/// Seals and opens bytes. Clones share the key.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    random: Random,
}

impl Sealer {
    /// A sealer with this key; nonces are drawn from `random`.
    #[must_use]
    pub fn new(key: &SealKey, random: Random) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.0.into()), random }
    }

    /// Seals bytes for a context: 24 bytes of nonce, the ciphertext, 16 bytes of tag.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = self.random.bytes();
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("shorter than 256 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    ///
    /// Fails where the bytes were sealed with another key or for another context, or are damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Broken)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Broken)
    }

    /// Seals to base64url without padding.
    #[must_use]
    pub fn seal_text(&self, context: &str, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.seal(context, plain))
    }

    /// Opens what [`Sealer::seal_text`] made.
    ///
    /// # Errors
    ///
    /// As [`Sealer::open`].
    pub fn open_text(&self, context: &str, sealed: &str) -> Result<Vec<u8>, Broken> {
        self.open(context, &URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Broken)?)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(key: u8) -> Sealer {
        Sealer::new(&SealKey::from([key; 32]), Random::seeded(1))
    }

    #[test]
    fn what_is_sealed_opens_in_its_context_alone() {
        let sealed = sealer(1).seal("session", b"secret");
        assert_eq!(sealer(1).open("session", &sealed), Ok(b"secret".to_vec()));
        assert_eq!(sealer(1).open("key", &sealed), Err(Broken));
        assert_eq!(sealer(2).open("session", &sealed), Err(Broken));
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let sealed = sealer(1).seal("session", b"secret");
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert_eq!(sealer(1).open("session", &damaged), Err(Broken));
            assert_eq!(sealer(1).open("session", &sealed[..index]), Err(Broken));
        }
    }

    #[test]
    fn the_same_bytes_are_never_sealed_alike() {
        let sealer = sealer(1);
        assert_ne!(sealer.seal_text("a", b"x"), sealer.seal_text("a", b"x"));
    }
}
