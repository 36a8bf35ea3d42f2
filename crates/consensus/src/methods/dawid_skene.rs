//! Each operator has a confusion matrix.

use super::shares::shares;
use crate::estimate::normalise;
use crate::{Estimate, VoteTable};

const MOST_SWEEPS: u32 = 100;
/// Sweeping ends when a sweep makes a vote, on average, more likely by less than this (a difference of logarithms), which
/// is where crowd-kit ends too.
const STILL: f64 = 1e-5;
/// Votes added to every cell of a matrix: nobody is taken to be incapable of an error.
const SMOOTHING: f64 = 0.01;

/// Expectation maximisation from the shares of the votes.
pub(super) fn dawid_skene(table: &VoteTable) -> Estimate {
    let k = table.classes();
    let mut truth = shares(table);
    let mut matrices = vec![0.0; table.operators() * k * k];
    let mut prior = vec![0.0; k];
    let mut row = vec![0.0; k];
    let mut sweeps = 0;
    let mut likelihood = f64::NEG_INFINITY;
    while sweeps < MOST_SWEEPS {
        sweeps += 1;
        learn(table, &truth, &mut matrices, &mut prior);
        let before = likelihood;
        likelihood = 0.0;
        for item in 0..table.items() {
            row.copy_from_slice(&prior);
            for (number, (operator, label)) in table.of_item(item).enumerate() {
                let column = &matrices[(operator * k + label) * k..][..k];
                row.iter_mut().zip(column).for_each(|(value, factor)| *value *= factor);
                // Products of probabilities shrink; only their ratios matter.
                if number % 8 == 7 {
                    likelihood += row.iter().sum::<f64>().max(f64::MIN_POSITIVE).ln();
                    normalise(&mut row);
                }
            }
            likelihood += row.iter().sum::<f64>().max(f64::MIN_POSITIVE).ln();
            normalise(&mut row);
            truth[item * k..][..k].copy_from_slice(&row);
        }
        if likelihood - before < STILL * table.votes() as f64 {
            break;
        }
    }
    Estimate::of(table, truth, sweeps)
}

/// The most likely matrices (by operator, label, class) and class probabilities.
fn learn(table: &VoteTable, truth: &[f64], matrices: &mut [f64], prior: &mut [f64]) {
    let k = table.classes();
    matrices.fill(SMOOTHING);
    prior.fill(SMOOTHING);
    for (item, row) in truth.chunks_exact(k).enumerate() {
        prior.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        for (operator, label) in table.of_item(item) {
            let column = &mut matrices[(operator * k + label) * k..][..k];
            column.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    }
    normalise(prior);
    for matrix in matrices.chunks_exact_mut(k * k) {
        for class in 0..k {
            let total: f64 = (0..k).map(|label| matrix[label * k + class]).sum();
            (0..k).for_each(|label| matrix[label * k + class] /= total);
        }
    }
}
