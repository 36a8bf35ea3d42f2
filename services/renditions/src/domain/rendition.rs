//! A picture that was made.

use serde::{Deserialize, Serialize};

/// What a picture is that was made of another. It is kept as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rendition {
    /// Of its bytes, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) media_type: String,
    pub(crate) size_bytes: u64,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    /// What of the upright source is seen, where that is told.
    pub(crate) window: Option<Window>,
    /// By SSIMULACRA2, where it was measured.
    pub(crate) score: Option<f64>,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}
