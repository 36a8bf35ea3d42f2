//! Keys that follow each other.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// Keys of one purpose, so that one can be replaced without an outage: the first signs or seals, and what any of them
/// has signed or sealed is good. In configuration it is one key, or a list of them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyList<T>(Vec<T>);

/// A list that has no key, or one of them twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a key, or a list of different ones")]
pub struct NotAKeyList;

impl<T> KeyList<T> {
    /// One key alone.
    #[must_use]
    pub fn one(key: T) -> Self {
        Self(vec![key])
    }

    /// The key that signs or seals.
    #[must_use]
    pub fn first(&self) -> &T {
        &self.0[0]
    }

    /// All keys, the first one first.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T: PartialEq> TryFrom<Vec<T>> for KeyList<T> {
    type Error = NotAKeyList;

    fn try_from(keys: Vec<T>) -> Result<Self, NotAKeyList> {
        let twice = keys.iter().enumerate().any(|(number, key)| keys[..number].contains(key));
        if keys.is_empty() || twice { Err(NotAKeyList) } else { Ok(Self(keys)) }
    }
}

impl<T: From<[u8; 32]>> From<[u8; 32]> for KeyList<T> {
    fn from(bytes: [u8; 32]) -> Self {
        Self::one(bytes.into())
    }
}

impl<'a, T> IntoIterator for &'a KeyList<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, T: FromStr<Err: fmt::Display> + PartialEq> Deserialize<'de> for KeyList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Texts {
            One(String),
            Many(Vec<String>),
        }
        let texts = match Texts::deserialize(deserializer)? {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        };
        let keys = texts.iter().map(|text| text.parse()).collect::<Result<Vec<T>, _>>().map_err(de::Error::custom)?;
        keys.try_into().map_err(de::Error::custom)
    }
}

impl<T: fmt::Debug> fmt::Debug for KeyList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;
    use crate::{KeyPair, PublicKey};

    fn read(json: &str) -> Result<KeyList<PublicKey>, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_list_is_one_key_or_several_different_ones() {
        let random = Random::seeded(1);
        let [new, old] = [(); 2].map(|()| KeyPair::generate(&random).public());
        assert_eq!(read(&format!(r#""{new}""#)), Ok(KeyList::one(new)));
        let both = read(&format!(r#"["{new}", "{old}"]"#)).expect("two keys");
        assert_eq!((both.first(), both.iter().collect::<Vec<_>>()), (&new, vec![&new, &old]));
        for refused in ["[]".to_owned(), format!(r#"["{new}", "{new}"]"#)] {
            assert!(read(&refused).expect_err("refused").contains("a list of different ones"), "{refused}");
        }
        assert!(read(r#"["short"]"#).expect_err("refused").contains("32 bytes"));
    }
}
