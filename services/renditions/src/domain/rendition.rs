//! A picture that was made.

use labelmesh_pixels::Rect;
use serde::{Deserialize, Serialize};

use super::PageView;

/// What a picture is that was made of another, or of a page. It is kept as JSON.
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
    /// The face that it is a portrait of.
    pub(crate) face: Option<Face>,
    /// The page that it is of.
    pub(crate) page: Option<PageView>,
}

/// A face that was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Face {
    pub(crate) place: Window,
    /// How sure the detector is, from 0 to 1.
    pub(crate) score: f64,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl From<Rect> for Window {
    fn from(Rect { x, y, width, height }: Rect) -> Self {
        Self { x, y, width, height }
    }
}

impl From<Window> for Rect {
    fn from(Window { x, y, width, height }: Window) -> Self {
        Self { x, y, width, height }
    }
}

impl From<labelmesh_faces::Face> for Face {
    fn from(labelmesh_faces::Face { place, score }: labelmesh_faces::Face) -> Self {
        Self { place: place.into(), score: score.into() }
    }
}

impl From<Face> for labelmesh_faces::Face {
    fn from(Face { place, score }: Face) -> Self {
        Self { place: place.into(), score: score as f32 }
    }
}
