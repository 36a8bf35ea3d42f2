//! The method to take when in doubt.

use crate::belief::learn;
use crate::estimate::most_probable;
use crate::{Estimate, VoteTable};

/// Dawid-Skene with levels of belief about each operator, and votes that may err together.
pub(super) fn auto(table: &VoteTable) -> Estimate {
    let k = table.classes();
    let belief = learn(table);
    let operators = (0..table.operators()).map(|operator| belief.crowd.reliability(operator)).collect();
    Estimate {
        classes: k,
        labels: most_probable(&belief.truth, k),
        probabilities: belief.truth,
        operators,
        difficulty: None,
        sweeps: belief.sweeps,
    }
}
