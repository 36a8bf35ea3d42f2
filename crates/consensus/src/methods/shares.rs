//! Plurality with the shares of the votes as probabilities.

use crate::estimate::normalise;
use crate::{Estimate, VoteTable};

/// Each vote weighs the same. Of equally many votes the label stands that had that number first, as in
/// [`plurality`](crate::plurality).
pub(super) fn plurality_shares(table: &VoteTable) -> Estimate {
    let mut estimate = Estimate::of(table, shares(table), 1);
    let mut tally = vec![0u32; table.classes()];
    for item in 0..table.items() {
        tally.fill(0);
        let mut most = 0;
        for (_, label) in table.of_item(item) {
            tally[label] += 1;
            if tally[label] > most {
                most = tally[label];
                estimate.labels[item] = u16::try_from(label).unwrap_or(u16::MAX);
            }
        }
    }
    estimate
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
