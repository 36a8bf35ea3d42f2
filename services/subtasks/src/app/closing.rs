//! How the labeling of an image ends: by its votes, by the end of its task, by a person, or anew by another method.

pub mod adjudicate;
pub(super) mod close;
pub mod close_ended;
pub(super) mod decide;
pub mod redecide;
pub mod set_aside;
