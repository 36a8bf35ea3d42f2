//! Places within pictures.

use image::metadata::Orientation;

/// A rectangle of at least one pixel, from the upper left corner of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Columns to the left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Rect {
    /// The whole of a picture.
    pub(crate) fn whole((width, height): (u32, u32)) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// Whether it has pixels and all are within a picture of this size.
    pub(crate) fn is_within(&self, (width, height): (u32, u32)) -> bool {
        let ends =
            |from: u32, length: u32, end: u32| length > 0 && from.checked_add(length).is_some_and(|to| to <= end);
        ends(self.x, self.width, width) && ends(self.y, self.height, height)
    }

    /// Where its pixels are stored in a file whose picture has this size and stands upright once it is turned (Exif
    /// 2.32, tag 0112H).
    pub(crate) fn stored(self, turn: Orientation, (width, height): (u32, u32)) -> Self {
        let Self { x, y, width: w, height: h } = self;
        let (right, below) = (width - x - w, height - y - h);
        let (x, y) = match turn {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right, y),
            Orientation::Rotate180 => (right, below),
            Orientation::FlipVertical => (x, below),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, right),
            Orientation::Rotate270FlipH => (below, right),
            Orientation::Rotate270 => (below, x),
        };
        let (width, height) = turned((w, h), turn);
        Self { x, y, width, height }
    }
}

/// Width and height once a picture is turned, or was before.
pub(crate) fn turned((width, height): (u32, u32), turn: Orientation) -> (u32, u32) {
    match turn {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}
