#![doc = include_str!("../README.md")]

mod boxes;
mod detector;
mod portrait;

pub use self::{
    detector::{Detector, Error, MIN_SCORE},
    portrait::portrait,
};

use labelmesh_pixels::Rect;

/// A face that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Where it is in the upright picture, without hair and ears.
    pub place: Rect,
    /// How sure the detector is, from 0 to 1.
    pub score: f32,
}
