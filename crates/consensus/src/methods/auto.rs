//! The method to take when in doubt.

use crate::learn::learn;
use crate::{Estimate, Known, VoteTable};

/// Two views of the crowd, one centred and one with easy and hard items, pooled. Items whose label is known have it for
/// certain, even where nobody voted for it.
pub(super) fn auto(table: &VoteTable, known: &[Known]) -> Estimate {
    let mut estimate = learn(table, known).estimate(table);
    for known in known {
        let (item, label) = (known.item as usize, usize::from(known.label));
        let row = &mut estimate.probabilities[item * estimate.classes..][..estimate.classes];
        row.fill(0.0);
        row[label] = 1.0;
        estimate.labels[item] = known.label;
    }
    estimate
}
