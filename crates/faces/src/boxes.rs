//! What the model's answers mean: boxes of faces, each of them once.

use labelmesh_pixels::Rect;

use crate::Face;

/// How much two boxes may have in common, as a share of what both cover, before they are one face.
const MAX_OVERLAP: f32 = 0.3;

/// A box in the model's picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
    pub(crate) score: f32,
}

/// What the model says in one of its grids: for each cell whether it is of a face, whether it is the middle of an
/// object, and a box around it.
pub(crate) struct Grid<'a> {
    /// Pixels from cell to cell.
    pub(crate) stride: usize,
    /// Cells in a row.
    pub(crate) columns: usize,
    pub(crate) face: &'a [f32],
    pub(crate) object: &'a [f32],
    /// Four numbers a cell: how far the middle of the box is from the cell, in strides, and the logarithms of its
    /// sides.
    pub(crate) boxes: &'a [f32],
}

impl Grid<'_> {
    /// The boxes that are sure enough, as OpenCV's `FaceDetectorYN` reads them.
    pub(crate) fn found(&self, min_score: f32) -> impl Iterator<Item = Found> + '_ {
        let stride = self.stride as f32;
        let cells = self.face.iter().zip(self.object).zip(self.boxes.as_chunks::<4>().0).enumerate();
        cells.filter_map(move |(cell, ((face, object), [x, y, width, height]))| {
            let score = (face.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt();
            if score < min_score {
                return None;
            }
            let middle = |at: usize, by: f32| (at as f32 + by) * stride;
            let (x, y) = (middle(cell % self.columns, *x), middle(cell / self.columns, *y));
            let (width, height) = (width.exp() * stride / 2.0, height.exp() * stride / 2.0);
            Some(Found { left: x - width, top: y - height, right: x + width, bottom: y + height, score })
        })
    }
}

impl Found {
    fn area(&self) -> f32 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }

    fn overlap(&self, other: &Self) -> f32 {
        let common = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
            score: 0.0,
        };
        let common = common.area();
        common / (self.area() + other.area() - common).max(f32::EPSILON)
    }

    /// The face in a picture that is `scale` times as large as the model's, as far as it is within its size.
    fn face(&self, scale: f64, (width, height): (u32, u32)) -> Option<Face> {
        let edge = |at: f32, end: u32| (f64::from(at) * scale).round().clamp(0.0, f64::from(end)) as u32;
        let (x, y) = (edge(self.left, width), edge(self.top, height));
        let place = Rect { x, y, width: edge(self.right, width) - x, height: edge(self.bottom, height) - y };
        (place.width > 0 && place.height > 0).then_some(Face { place, score: self.score })
    }
}

/// Each face once, by its surest box; the largest first.
pub(crate) fn faces(mut found: Vec<Found>, scale: f64, size: (u32, u32)) -> Vec<Face> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Found> = Vec::new();
    for next in found {
        if kept.iter().all(|sure| sure.overlap(&next) <= MAX_OVERLAP) {
            kept.push(next);
        }
    }
    let mut faces: Vec<Face> = kept.iter().filter_map(|found| found.face(scale, size)).collect();
    faces.sort_by_key(|face| std::cmp::Reverse(u64::from(face.place.width) * u64::from(face.place.height)));
    faces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(left: f32, top: f32, side: f32, score: f32) -> Found {
        Found { left, top, right: left + side, bottom: top + side, score }
    }

    #[test]
    fn boxes_that_cover_one_another_are_one_face_and_the_largest_comes_first() {
        let all = vec![found(0.0, 0.0, 10.0, 0.8), found(1.0, 0.0, 10.0, 0.9), found(50.0, 50.0, 20.0, 0.8)];
        let faces = faces(all, 2.0, (200, 200));
        assert_eq!(faces.len(), 2);
        assert_eq!(faces[0].place, Rect { x: 100, y: 100, width: 40, height: 40 });
        assert_eq!(faces[1], Face { place: Rect { x: 2, y: 0, width: 20, height: 20 }, score: 0.9 });
    }

    #[test]
    fn a_face_ends_where_the_picture_does() {
        let all = vec![found(-5.0, 95.0, 10.0, 0.9), found(120.0, 0.0, 10.0, 0.9)];
        let faces = faces(all, 1.0, (100, 100));
        assert_eq!(faces.len(), 1, "one is outside");
        assert_eq!(faces[0].place, Rect { x: 0, y: 95, width: 5, height: 5 });
    }

    #[test]
    fn a_cell_tells_where_its_box_is() {
        let (face, object) = ([0.0, 0.9, 1.5, 0.1], [1.0, 0.9, 1.0, 1.0]);
        let mut boxes = [0.0; 16];
        boxes[4..8].copy_from_slice(&[0.5, 0.0, 0.0, 2_f32.ln()]);
        let grid = Grid { stride: 8, columns: 2, face: &face, object: &object, boxes: &boxes };
        let found: Vec<_> = grid.found(0.75).collect();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].left, found[0].right), (8.0, 16.0));
        assert_eq!((found[0].top, found[0].bottom.round()), (-8.0, 8.0));
        assert!((found[0].score - 0.9).abs() < 1e-6 && found[1].score == 1.0);
    }
}
