//! One coin: a single number for each operator, the probability of being right.

use super::shares::shares;
use crate::estimate::expected_right;
use crate::probabilities::normalise;
use crate::{Estimate, VoteTable};

const MOST_SWEEPS: u32 = 100;
const STILL: f64 = 1e-6;
/// Keeps a probability away from 0 and 1.
const EDGE: f64 = 1e-10;

/// Expectation maximisation from the shares of the votes; whoever errs gives any other label.
pub(super) fn one_coin(table: &VoteTable) -> Estimate {
    let k = table.classes();
    let votes = table.votes_by_operator();
    let mut truth = shares(table);
    let mut row = vec![0.0; k];
    let mut sweeps = 0;
    while sweeps < MOST_SWEEPS {
        sweeps += 1;
        let prior = prior_of(&truth, k);
        // How many times more likely a vote is if it is right than if it is wrong.
        let odds: Vec<f64> = expected_right(table, &truth)
            .iter()
            .zip(&votes)
            .map(|(right, &votes)| (right / f64::from(votes.max(1))).clamp(EDGE, 1.0 - EDGE))
            .map(|skill| skill * (k.max(2) - 1) as f64 / (1.0 - skill))
            .collect();
        let mut moved = 0.0;
        for (item, before) in truth.chunks_exact_mut(k).enumerate() {
            row.copy_from_slice(&prior);
            for (number, (operator, label)) in table.of_item(item).enumerate() {
                row[label] *= odds[operator];
                if number % 8 == 7 {
                    normalise(&mut row);
                }
            }
            normalise(&mut row);
            moved += row.iter().zip(&*before).map(|(after, before)| (after - before).abs()).sum::<f64>();
            before.copy_from_slice(&row);
        }
        if moved < STILL * table.items() as f64 {
            break;
        }
    }
    Estimate::of(table, truth, sweeps)
}

/// The mean probability of each label.
fn prior_of(truth: &[f64], classes: usize) -> Vec<f64> {
    let mut prior = vec![1e-10; classes];
    for row in truth.chunks_exact(classes) {
        prior.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    normalise(&mut prior);
    prior
}
