//! Images of a task.

use chrono::{DateTime, Utc};
use labelmesh_ids::ImageId;

use super::{FileName, MediaType, Note};

/// The SHA-256 of a file: what its object is called, and what makes two files the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContentHash(pub(crate) [u8; 32]);

impl ContentHash {
    /// The key of the object with these bytes.
    #[must_use]
    pub(crate) fn blob_key(&self) -> String {
        format!("images/{self}")
    }

    /// The number of the lock that whoever adds an image with these bytes shares.
    #[must_use]
    pub(crate) fn lock(&self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The key of what operators get in place of that object. The version changes when other bytes are made of the same
    /// file.
    #[must_use]
    pub(crate) fn rendition_key(&self) -> String {
        format!("renditions/operator/1/{self}")
    }

    /// The key of a thumbnail of that object; its version changes likewise.
    #[must_use]
    pub(crate) fn thumbnail_key(&self) -> String {
        format!("renditions/thumbnail/1/{self}")
    }
}

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAHash;

impl std::fmt::Display for NotAHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("must be a SHA-256 in hexadecimal")
    }
}

impl std::str::FromStr for ContentHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Self(bytes))
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// An image that was judged and whose bytes are kept, to be added to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewImage {
    /// Its id, if it is added.
    pub(crate) id: ImageId,
    /// Where it stands among the images of the task.
    pub(crate) position: i64,
    /// The name of its file.
    pub(crate) name: FileName,
    /// What the bytes are.
    pub(crate) media_type: MediaType,
    /// How many bytes.
    pub(crate) size_bytes: u64,
    /// Their hash.
    pub(crate) hash: ContentHash,
    /// Whether operators get a file of their own.
    pub(crate) has_rendition: bool,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    /// What is wrong with its file though its pixels are all there.
    pub(crate) notes: Vec<Note>,
    /// When.
    pub(crate) uploaded_at: DateTime<Utc>,
}

/// An image of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// Where it stands among the images of the task.
    pub(crate) position: i64,
    /// Its id.
    pub(crate) id: ImageId,
    /// The name of its file.
    pub(crate) name: String,
    /// What the bytes are, such as `image/png`.
    pub(crate) media_type: String,
    /// How many bytes.
    pub(crate) size_bytes: u64,
    /// Their hash.
    pub(crate) hash: ContentHash,
    /// Whether operators get a file of their own.
    pub(crate) has_rendition: bool,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    /// What is wrong with its file though its pixels are all there.
    pub(crate) notes: Vec<Note>,
    /// Its label where that is known beforehand.
    pub(crate) gold_label: Option<String>,
    /// Whether that is for the qualification alone.
    pub(crate) qualifies: bool,
}

/// A file that images have, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageFile {
    /// The hash of its bytes.
    pub(crate) hash: ContentHash,
    /// What the bytes are, such as `image/png`.
    pub(crate) media_type: String,
    /// How many bytes.
    pub(crate) size_bytes: u64,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
}

impl Image {
    /// The key of the object that operators get: what can be seen of the image, upright, and nothing else.
    #[must_use]
    pub(crate) fn operators_key(&self) -> String {
        if self.has_rendition { self.hash.rendition_key() } else { self.hash.blob_key() }
    }
}

/// What became of one file of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The image was added.
    Added {
        /// That image.
        image_id: ImageId,
        /// What is wrong with its file though its pixels are all there.
        notes: Vec<Note>,
    },
    /// The task has an image with the same bytes.
    Present {
        /// That image.
        image_id: ImageId,
        /// The name with which its bytes came first.
        first_name: String,
        /// What is wrong with its file though its pixels are all there.
        notes: Vec<Note>,
    },
    /// The file was refused.
    Refused(super::Refusal),
}
