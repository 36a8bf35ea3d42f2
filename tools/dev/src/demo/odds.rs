//! What the stated error rates predict, by simulating the whole demo many times.
//!
//! Each simulated picture is given to people drawn without replacement, in the proportion in which the real ones voted
//! (quick people see more pictures); each votes by the model of [`vote`]; ties ask for another vote, as the service
//! does, up to the most that the policy allows. A closed form would have to sum over all orders of all crews: the tie
//! rule depends on whose votes came first. The mean over the simulated demos is the prediction, and their spread the
//! standard error of one real demo.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{people::vote, rule::Policy};

/// So many votes are simulated in all, give or take a demo.
const BUDGET: usize = 1_500_000;
/// But never fewer demos, for the sake of the spread.
const FEWEST: usize = 200;

/// Who votes how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voter {
    pub(crate) error_rate: f64,
    /// In proportion to how often this one is asked; above 0.
    pub(crate) weight: f64,
}

/// What is to be expected of one demo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Odds {
    /// The share of votes that are right.
    pub(crate) single_vote: f64,
    /// The share of decisions that are right.
    pub(crate) decision: f64,
    /// The standard error of the difference of the two, in one demo.
    pub(crate) gain_error: f64,
}

impl Odds {
    /// By how much decisions are expected to be better than single votes.
    pub(crate) fn gain(&self) -> f64 {
        self.decision - self.single_vote
    }
}

/// Simulates demos of `images` pictures each. There must be at least as many voters as the policy may ask votes.
pub(crate) fn predict(images: usize, policy: Policy, voters: &[Voter], seed: u64) -> Odds {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let demos = (BUDGET / (images * policy.redundancy).max(1)).max(FEWEST);
    let outcomes: Vec<(f64, f64)> = (0..demos).map(|_| simulate(images, policy, voters, &mut rng)).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / demos as f64;
    let single_vote = mean(&mut outcomes.iter().map(|(single, _)| *single));
    let decision = mean(&mut outcomes.iter().map(|(_, decision)| *decision));
    let gain = decision - single_vote;
    let variance = mean(&mut outcomes.iter().map(|(single, decision)| (decision - single - gain).powi(2)));
    Odds { single_vote, decision, gain_error: variance.sqrt() }
}

/// One demo: the share of right votes and of right decisions.
fn simulate(images: usize, policy: Policy, voters: &[Voter], rng: &mut ChaCha8Rng) -> (f64, f64) {
    let (mut votes, mut right_votes, mut right_decisions) = (0, 0, 0);
    for _ in 0..images {
        let digit = rng.random_range(0..10u8);
        let mut left = voters.to_vec();
        let mut given = Vec::with_capacity(policy.max_votes);
        let decision = loop {
            if let Some(decision) = policy.decide(&given) {
                break decision;
            }
            let voter = draw(&mut left, rng);
            given.push(vote(rng, voter.error_rate, digit));
        };
        votes += given.len();
        right_votes += given.iter().filter(|vote| **vote == digit).count();
        right_decisions += usize::from(decision.label == digit);
    }
    (right_votes as f64 / votes as f64, right_decisions as f64 / images as f64)
}

/// Takes one of those left, in proportion to the weights.
fn draw(left: &mut Vec<Voter>, rng: &mut ChaCha8Rng) -> Voter {
    let mut point = rng.random::<f64>() * left.iter().map(|voter| voter.weight).sum::<f64>();
    let chosen = left.iter().position(|voter| {
        point -= voter.weight;
        point < 0.0
    });
    // Rounding may leave the point a hair beyond the last.
    left.swap_remove(chosen.unwrap_or(left.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equals(count: usize, error_rate: f64) -> Vec<Voter> {
        vec![Voter { error_rate, weight: 1.0 }; count]
    }

    #[test]
    fn a_single_vote_decides_as_well_as_it_votes() {
        let odds = predict(300, Policy { redundancy: 1, max_votes: 3 }, &equals(5, 0.2), 1);
        assert!((odds.single_vote - 0.8).abs() < 0.002, "{odds:?}");
        assert_eq!(odds.single_vote, odds.decision);
        assert_eq!(odds.gain_error, 0.0);
    }

    #[test]
    fn the_majority_of_three_without_further_votes_agrees_with_the_closed_form() {
        let (right, error) = (0.8f64, 0.2f64);
        // Two or three right; or one right and two different wrong ones, of which the right one came first in a third
        // of the orders. Two wrong ones are the same with 1/4 + 1/4/9 + 1/4/9 + ... : the model of a wrong vote gives
        // the lookalike 1/2 + 1/18 and each of the eight others 1/18.
        let lookalike: f64 = 0.5 + 1.0 / 18.0;
        let same = lookalike.powi(2) + 8.0 * (1.0f64 / 18.0).powi(2);
        let expected = right.powi(3) + 3.0 * right.powi(2) * error + 3.0 * right * error.powi(2) * (1.0 - same) / 3.0;
        let odds = predict(300, Policy { redundancy: 3, max_votes: 3 }, &equals(9, error), 2);
        assert!((odds.decision - expected).abs() < 0.002, "{odds:?}, expected {expected}");
    }

    #[test]
    fn the_spread_is_that_of_independent_pictures() {
        let odds = |images| predict(images, Policy { redundancy: 3, max_votes: 5 }, &equals(9, 0.2), 3);
        let ratio = odds(100).gain_error / odds(400).gain_error;
        assert!((ratio - 2.0).abs() < 0.3, "four times the pictures halve the error, not {ratio}");
    }
}
