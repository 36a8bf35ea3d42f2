//! How far a batch is.

use labelmesh_ids::BatchId;

/// How many transformations of a batch are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) batch_id: BatchId,
    /// The versions of all transformations together: it grows with every change of one.
    pub(crate) version: u64,
    pub(crate) queued: u64,
    pub(crate) running: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) cancelled: u64,
}
