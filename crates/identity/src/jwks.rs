//! Sets of public keys, and their form on the wire.

use std::collections::HashMap;

use labelmesh_proto::auth::v1::{Jwk, Jwks};

use crate::PublicKey;

/// The public keys that verify user tokens, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet(HashMap<String, PublicKey>);

impl KeySet {
    /// The key of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&PublicKey> {
        self.0.get(id)
    }

    /// Whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys on the wire, in the order given: the newest comes first.
    #[must_use]
    pub fn to_jwks(keys: &[PublicKey]) -> Jwks {
        let keys = keys.iter().map(|key| Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            kid: key.id(),
            r#use: "sig".into(),
            alg: "EdDSA".into(),
            x: key.to_string(),
        });
        Jwks { keys: keys.collect() }
    }
}

impl FromIterator<PublicKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().map(|key| (key.id(), key)).collect())
    }
}

/// Takes the Ed25519 signing keys and leaves out what it does not know, as RFC 7517 asks.
impl From<&Jwks> for KeySet {
    fn from(jwks: &Jwks) -> Self {
        let known = jwks.keys.iter().filter(|jwk| jwk.kty == "OKP" && jwk.crv == "Ed25519" && jwk.r#use == "sig");
        Self(known.filter_map(|jwk| Some((jwk.kid.clone(), jwk.x.parse().ok()?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;
    use crate::KeyPair;

    #[test]
    fn keys_survive_the_wire_and_unknown_ones_are_left_out() {
        let random = Random::seeded(1);
        let keys = [KeyPair::generate(&random).public(), KeyPair::generate(&random).public()];
        let mut jwks = KeySet::to_jwks(&keys);
        jwks.keys.push(Jwk { kty: "RSA".into(), kid: "r".into(), ..Jwk::default() });
        assert_eq!(KeySet::from(&jwks), keys.into_iter().collect());
    }
}
