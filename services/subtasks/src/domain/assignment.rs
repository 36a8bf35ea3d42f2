//! What one operator has to do with one image.

use labelmesh_consensus::Label;

/// The one assignment that there ever is of an image to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// The operator holds the image. The time may have run out: what counts is whether the place was taken back.
    Leased,
    /// The operator held the image; the lease ran out or was given back. The image may come again.
    Lapsed,
    /// Given back for good.
    Skipped,
    /// Voted for; it counts.
    Voted(Label),
    /// The operator voted after the image was closed; the vote decides nothing.
    Surplus(Label),
}
