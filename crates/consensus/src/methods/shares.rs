//! Plurality with the shares of the votes as probabilities.

use crate::probabilities::normalise;
use crate::{Estimate, VoteTable};

/// Each vote weighs the same.
pub(super) fn plurality_shares(table: &VoteTable) -> Estimate {
    Estimate::of(table, shares(table), 1)
}

/// The share of its votes that each label of each item got; even where there are none.
pub(super) fn shares(table: &VoteTable) -> Vec<f64> {
    weighted_shares(table, &vec![1.0; table.operators()])
}

/// The same where operators' votes weigh differently.
pub(super) fn weighted_shares(table: &VoteTable, weights: &[f64]) -> Vec<f64> {
    let mut shares = vec![0.0; table.items() * table.classes()];
    for (item, row) in shares.chunks_exact_mut(table.classes()).enumerate() {
        for (operator, label) in table.of_item(item) {
            row[label] += weights[operator];
        }
        normalise(row);
    }
    shares
}
