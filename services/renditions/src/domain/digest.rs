//! SHA-256 of bytes, and the names that are made of it.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

/// The name of a job, and of the pictures that it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct JobKey(pub(crate) [u8; 32]);

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotADigest;

impl Digest {
    /// That of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The key of the object with a source of these bytes.
    pub(crate) fn source_key(&self) -> String {
        format!("sources/{self}")
    }

    /// The key of the object with an image of these bytes, which tasks keeps.
    pub(crate) fn image_key(&self) -> String {
        format!("images/{self}")
    }

    /// The number of the lock that whoever stores or removes a source of these bytes has.
    pub(crate) fn lock(&self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl JobKey {
    /// The key of the object with one of the pictures, of bytes with this SHA-256. Two workers may be at the same job,
    /// and what they make may differ, as of a page that has changed: neither writes in the place of the other.
    pub(crate) fn picture_key(&self, sha256: &str) -> String {
        format!("transformations/{self}/{sha256}")
    }

    /// The key of the object that tells what the pictures are. It is written last: where it is, the pictures are.
    pub(crate) fn description_key(&self) -> String {
        format!("transformations/{self}.json")
    }

    /// The key of the object that tells what the pictures were, while they are being removed.
    pub(crate) fn leaving_key(&self) -> String {
        format!("transformations/{self}.leaving.json")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }
}

impl FromStr for JobKey {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse::<Digest>().map(|digest| Self(digest.0))
    }
}

impl fmt::Display for NotADigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a SHA-256 in hexadecimal")
    }
}
