//! An image before an operator.

use bytes::Bytes;
use labelmesh_sdk::subtasks::Lease;

/// An image that an operator holds or has just labeled, with its picture.
#[derive(Debug, Clone)]
pub(super) struct LeasedImage {
    pub(super) lease: Lease,
    pub(super) picture: Bytes,
    /// Voted for already: the operator has come back to it.
    pub(super) voted: bool,
}
