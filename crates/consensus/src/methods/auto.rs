//! The method to take when in doubt.

use crate::learn::learn;
use crate::{Estimate, Known, VoteTable};

/// Two views of the crowd, one centred and one with easy and hard items, pooled.
pub(super) fn auto(table: &VoteTable, known: &[Known]) -> Estimate {
    learn(table, known).estimate(table)
}
