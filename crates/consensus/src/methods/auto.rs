//! The method to take when in doubt.

use crate::belief::{estimate, learn};
use crate::crowd::Centring;
use crate::pool::Pool;
use crate::{Estimate, VoteTable};

/// Two views of the crowd, one centred and one with easy and hard items, pooled.
pub(super) fn auto(table: &VoteTable) -> Estimate {
    estimate(&learn(table, Centring::ByLikeness), table, &Pool::USUAL)
}
