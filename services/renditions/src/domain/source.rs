//! Files of which pictures can be made.

use chrono::{DateTime, Utc};

use super::Digest;

/// A file whose header is within all bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) digest: Digest,
    pub(crate) media_type: String,
    pub(crate) size_bytes: u64,
    /// In pixels, upright.
    pub(crate) width: u32,
    /// In pixels, upright.
    pub(crate) height: u32,
}

/// A source that a client has uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSource {
    pub(crate) source: Source,
    pub(crate) uploaded_at: DateTime<Utc>,
    pub(crate) used_at: DateTime<Utc>,
}
