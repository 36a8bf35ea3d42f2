//! Ed25519 keys and the form in which configuration carries them.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey, pkcs8::EncodePrivateKey as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use labelmesh_clock::Random;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// A text that is not a key of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an Ed25519 key: 32 bytes in base64url without padding")]
pub struct InvalidKey;

/// A secret Ed25519 key with its public half.
#[derive(Clone)]
pub struct KeyPair(SigningKey);

impl KeyPair {
    /// A new key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self::from_seed(random.bytes())
    }

    /// The key that grows from this seed (RFC 8032).
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The seed. A secret.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The seed in the form that configuration takes. A secret.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs what `parts` say, in this order, as something of the kind `context`. It is no token and nothing of another
    /// kind, whatever it says.
    #[must_use]
    pub fn sign(&self, context: &str, parts: &[&[u8]]) -> [u8; 64] {
        self.0.sign(&message(context, parts)).to_bytes()
    }

    pub(crate) fn encoding(&self) -> EncodingKey {
        let der = self.0.to_pkcs8_der().expect("an Ed25519 key has a PKCS #8 form");
        EncodingKey::from_ed_der(der.as_bytes())
    }
}

impl FromStr for KeyPair {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Ok(Self::from_seed(bytes(text)?))
    }
}

impl<'de> Deserialize<'de> for KeyPair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({}, secret)", self.public())
    }
}

/// A public Ed25519 key. Its text is 32 bytes in base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The id under which tokens name this key: its JWK thumbprint (RFC 7638, SHA-256, base64url).
    #[must_use]
    pub fn id(&self) -> String {
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{self}"}}"#);
        URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
    }

    /// Whether this key has signed what `parts` say, as [`KeyPair::sign`] does.
    #[must_use]
    pub fn has_signed(&self, context: &str, parts: &[&[u8]], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(&message(context, parts), &signature).is_ok())
    }

    pub(crate) fn decoding(&self) -> DecodingKey {
        DecodingKey::from_ed_der(self.0.as_bytes())
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        VerifyingKey::from_bytes(&bytes(text)?).map(Self).map_err(|_| InvalidKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What is signed: every part with its length, so that none can be moved into another. It begins as no token does.
fn message(context: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = format!("labelmesh {context}\0").into_bytes();
    for part in parts {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend(*part);
    }
    message
}

fn bytes(text: &str) -> Result<[u8; 32], InvalidKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidKey)?;
    bytes.try_into().map_err(|_| InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_key_and_its_thumbprint() {
        // RFC 8037, appendices A.1 to A.3.
        let pair: KeyPair = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".parse().expect("a seed");
        assert_eq!(pair.public().to_string(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(pair.public().id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_signature_is_for_these_parts_and_this_context() {
        let pair = KeyPair::generate(&Random::seeded(4));
        let signature = pair.sign("event v1", &[b"ab", b"c"]);
        let signed = |context, parts: &[&[u8]]| pair.public().has_signed(context, parts, &signature);
        assert!(signed("event v1", &[b"ab", b"c"]));
        assert!(
            !signed("event v1", &[b"a", b"bc"]) && !signed("event v1", &[b"abc"]) && !signed("event", &[b"ab", b"c"])
        );
        assert!(!pair.public().has_signed("event v1", &[b"ab", b"c"], b"short"));
    }

    #[test]
    fn keys_are_read_back_and_rubbish_is_refused() {
        let pair = KeyPair::generate(&Random::seeded(3));
        assert_eq!(pair.reveal().parse::<KeyPair>().expect("a seed").seed(), pair.seed());
        assert_eq!(pair.public().to_string().parse(), Ok(pair.public()));
        assert!("short".parse::<KeyPair>().is_err());
        assert!(!format!("{pair:?}").contains(&pair.reveal()));
    }
}
