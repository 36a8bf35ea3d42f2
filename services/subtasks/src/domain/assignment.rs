//! What one operator has to do with one image.

use labelmesh_consensus::Label;

/// The one assignment that there ever is of an image to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// In the operator's hands. The time may have run out: what counts is whether the place was taken back.
    Leased,
    /// Was in the operator's hands, ran out or was given back; it may come again.
    Lapsed,
    /// Given back for good.
    Skipped,
    /// Voted for; it counts.
    Voted(Label),
    /// Voted for after the image was closed; it decides nothing.
    Surplus(Label),
}
