//! Votes weighed by how often their operators agree with the result: Wawa and zero-based skills.

use super::shares::{plurality_shares, shares, weighted_shares};
use crate::probabilities::{EQUAL, largest, most_probable};
use crate::{Estimate, VoteTable};

const ZBS_ROUNDS: u32 = 100;
const ZBS_HALVE_EVERY: u32 = 20;

/// Agreement with the plurality is the weight, once.
pub(super) fn wawa(table: &VoteTable) -> Estimate {
    let skills = agreement(table, &plurality_shares(table).labels);
    Estimate::of(table, unsure_of_ties(table, &skills), 2)
}

/// Agreement with the weighted result is the weight, in smaller and smaller steps.
pub(super) fn zbs(table: &VoteTable) -> Estimate {
    let mut skills = vec![1.0 / table.classes() as f64 + 1e-5; table.operators()];
    let (mut rate, given) = (1.0, table.votes_by_label());
    for round in 1..=ZBS_ROUNDS {
        if round % ZBS_HALVE_EVERY == 0 {
            rate *= 0.5;
        }
        let labels = most_probable(&weighted_shares(table, &skills), &given);
        for (skill, agrees) in skills.iter_mut().zip(agreement(table, &labels)) {
            *skill += rate * (agrees - *skill);
        }
    }
    Estimate::of(table, unsure_of_ties(table, &skills), ZBS_ROUNDS + 1)
}

/// Weighted shares of the votes. Where labels have equally many votes the plain shares count as much: an operator whose
/// weight is nothing would make a tie a certainty.
fn unsure_of_ties(table: &VoteTable, skills: &[f64]) -> Vec<f64> {
    let (mut weighted, plain) = (weighted_shares(table, skills), shares(table));
    let k = table.classes();
    for (weighted, plain) in weighted.chunks_exact_mut(k).zip(plain.chunks_exact(k)) {
        let most = plain[largest(plain)];
        if plain.iter().filter(|&&share| share > most - EQUAL).count() > 1 {
            weighted.iter_mut().zip(plain).for_each(|(weighted, plain)| *weighted = (*weighted + plain) / 2.0);
        }
    }
    weighted
}

/// The share of each operator's votes that are these labels.
fn agreement(table: &VoteTable, labels: &[u16]) -> Vec<f64> {
    let mut agreeing = vec![0.0; table.operators()];
    for (item, &decided) in labels.iter().enumerate() {
        for (operator, label) in table.of_item(item) {
            agreeing[operator] += f64::from(u8::from(label == usize::from(decided)));
        }
    }
    for (agreeing, votes) in agreeing.iter_mut().zip(table.votes_by_operator()) {
        *agreeing /= f64::from(votes.max(1));
    }
    agreeing
}
