//! The method to take when in doubt.

use crate::belief::{estimate, learn};
use crate::{Estimate, VoteTable};

/// Dawid-Skene with levels of belief about each operator, and votes that may err together, blended over assumptions.
pub(super) fn auto(table: &VoteTable) -> Estimate {
    estimate(&learn(table), table)
}
