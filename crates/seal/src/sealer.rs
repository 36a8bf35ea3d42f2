//! Sealing and opening bytes.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use labelmesh_clock::Random;

use crate::SealKeys;

const NONCE: usize = 24;

/// Bytes that were not sealed with any of these keys for this context, or are damaged. Which one can't be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed with a key that is known, for this context")]
pub struct Broken;

/// Seals bytes with the first of its keys, and opens them with each. Clones share the keys.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<[Key]>,
    random: Random,
}

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl Sealer {
    /// A sealer with these keys; nonces are drawn from `random`.
    #[must_use]
    pub fn new(keys: &SealKeys, random: Random) -> Self {
        let keys = keys.iter().map(|key| Key { id: key.id(), cipher: XChaCha20Poly1305::new(&key.0.into()) });
        Self { keys: keys.collect(), random }
    }

    /// The ids of its keys, that of the first one first.
    pub(crate) fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// Seals bytes for a context: 24 bytes of nonce, the ciphertext, 16 bytes of tag.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = self.random.bytes();
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = self.keys[0].cipher.encrypt(&XNonce::from(nonce), payload).expect("shorter than 256 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Sealer::seal`] made.
    ///
    /// # Errors
    ///
    /// Fails where the bytes were sealed with another key or for another context, or are damaged.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        self.find(context, sealed).map(|(_, plain)| plain)
    }

    /// The same bytes sealed with the first key; none where they are already. When all that is stored was renewed, the
    /// other keys can be taken out.
    ///
    /// # Errors
    ///
    /// As [`Sealer::open`].
    pub fn renew(&self, context: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
        let (number, plain) = self.find(context, sealed)?;
        Ok((number > 0).then(|| self.seal(context, &plain)))
    }

    /// The number of the key with which bytes were sealed.
    pub(crate) fn key_number(&self, context: &str, sealed: &[u8]) -> Result<usize, Broken> {
        self.find(context, sealed).map(|(number, _)| number)
    }

    /// Which of the keys opens bytes, and what they are.
    fn find(&self, context: &str, sealed: &[u8]) -> Result<(usize, Vec<u8>), Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Broken)?;
        let opened = |key: &Key| {
            let payload = Payload { msg: sealed, aad: context.as_bytes() };
            key.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let found = self.keys.iter().enumerate().find_map(|(number, key)| Some((number, opened(key)?)));
        found.ok_or(Broken)
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
        f.debug_list().entries(self.key_ids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealKey;

    fn sealer(key: u8) -> Sealer {
        Sealer::new(&[key; 32].into(), Random::seeded(1))
    }

    fn sealer_of(keys: &[u8]) -> Sealer {
        let keys: Vec<_> = keys.iter().map(|key| SealKey::from([*key; 32])).collect();
        Sealer::new(&keys.try_into().expect("different ones"), Random::seeded(1))
    }

    #[test]
    fn at_each_step_of_a_rotation_neighbours_open_what_the_other_has_sealed() {
        let (old, new) = (1, 2);
        for (one, other) in [(&[old][..], &[old, new][..]), (&[old, new], &[new, old])] {
            for (seals, opens) in [(one, other), (other, one)] {
                let sealed = sealer_of(seals).seal("session", b"secret");
                assert_eq!(sealer_of(opens).open("session", &sealed), Ok(b"secret".to_vec()), "{seals:?} {opens:?}");
            }
        }
        // What is left then is renewed, and the old key can go.
        let (both, last) = (sealer_of(&[new, old]), sealer_of(&[new]));
        let sealed = sealer_of(&[old]).seal("session", b"secret");
        let renewed = both.renew("session", &sealed).expect("opened").expect("sealed anew");
        assert_eq!(both.renew("session", &renewed), Ok(None));
        assert_eq!(last.open("session", &renewed), Ok(b"secret".to_vec()));
        assert_eq!((last.open("session", &sealed), last.renew("session", &sealed)), (Err(Broken), Err(Broken)));
        assert_eq!(both.renew("key", &sealed), Err(Broken));
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
