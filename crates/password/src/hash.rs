//! The bcrypt hash of a password, in the modular crypt format.

use std::str::FromStr;

use bcrypt::HashParts;
use labelmesh_errors::{Error, Result};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// How much work a hash is: 2 to the power of this many rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Cost(u32);

/// A cost that bcrypt does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostOutOfRange;

impl std::error::Error for CostOutOfRange {}

impl std::fmt::Display for CostOutOfRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("must be 4 to 20")
    }
}

impl Cost {
    /// The least that bcrypt knows: for tests.
    pub const LEAST: Self = Self(4);

    pub(crate) fn rounds(self) -> u32 {
        self.0
    }
}

impl Default for Cost {
    /// A cost of 12: about a quarter of a second for each hash.
    fn default() -> Self {
        Self(12)
    }
}

impl TryFrom<u32> for Cost {
    type Error = CostOutOfRange;

    /// Refuses a cost above 20, with which one login takes more than a minute: that is a slip of the pen.
    fn try_from(cost: u32) -> Result<Self, CostOutOfRange> {
        if (4..=20).contains(&cost) { Ok(Self(cost)) } else { Err(CostOutOfRange) }
    }
}

/// A bcrypt hash. It is a secret too: whoever has it can try passwords without being counted.
#[derive(Debug, Clone)]
pub struct Hash(SecretString);

impl Hash {
    /// Takes a stored hash.
    ///
    /// # Errors
    ///
    /// INTERNAL where it is not a bcrypt hash: only we write them.
    pub fn parse(text: String) -> Result<Self> {
        HashParts::from_str(&text).map_err(Error::internal)?;
        Ok(Self(text.into()))
    }

    /// The hash as it is stored.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// A well-formed hash of nothing that anybody knows.
    pub(crate) fn decoy(cost: Cost) -> Self {
        // 22 characters of salt and 31 of hash, made up: a password for it would have to be searched in 2^184.
        Self(format!("$2b${:02}$Yk3xTz8qPnWvLc5dRj1mGuf0hSbEa7iKoXwNyQtC9ZrBsDpVe2Jl.", cost.0).into())
    }

    pub(crate) fn compute(password: &[u8], cost: Cost, salt: [u8; 16]) -> Result<Self> {
        // The truncating function reads all of 72 bytes; its "non-truncating" sibling refuses the 72nd.
        debug_assert!(password.len() <= crate::secret::MAX_BYTES, "longer passwords are refused when chosen");
        let parts = bcrypt::hash_with_salt(password, cost.rounds(), salt).map_err(Error::internal)?;
        Ok(Self(parts.to_string().into()))
    }

    pub(crate) fn matches(&self, password: &[u8]) -> Result<bool> {
        bcrypt::verify(password, self.expose()).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_is_a_hash_of_the_cost_asked_for() {
        let decoy = Hash::decoy(Cost(11));
        assert_eq!(HashParts::from_str(decoy.expose()).expect("a bcrypt hash").get_cost(), 11);
        assert!(!decoy.matches(b"password").expect("it can be checked"));
    }

    #[test]
    fn the_72nd_byte_counts() {
        let long = [b'a'; 72];
        let mut other = long;
        other[71] = b'b';
        let hash = Hash::compute(&long, Cost::LEAST, [7; 16]).expect("72 bytes are accepted");
        assert!(hash.matches(&long).expect("it can be checked"));
        assert!(!hash.matches(&other).expect("it can be checked"));
    }

    #[test]
    fn only_bcrypt_hashes_are_taken() {
        assert!(Hash::parse("$2b$04$short".into()).is_err());
        let hash = Hash::compute(b"password", Cost::LEAST, [7; 16]).expect("computed");
        assert!(Hash::parse(hash.expose().to_owned()).is_ok());
    }
}
