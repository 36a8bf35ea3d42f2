//! A crowd and what it makes of the items, kept in step with each other.

use crate::blend::{blend, reliability};
use crate::crowd::{Crowd, Dispersion, Errors};
use crate::probabilities::{first_belief, most_probable};
use crate::{Estimate, VoteTable};

pub(crate) const MOST_SWEEPS: u32 = 50;
/// Sweeping ends when probabilities move less than this on average.
const STILL: f64 = 1e-4;
/// How many steps may be spent after each sweep on learning how far votes err together.
const STEPS_ON_CORRELATION: usize = 400_000;

/// A crowd and what it makes of the items.
pub(crate) struct Belief {
    pub(crate) crowd: Crowd,
    /// The probability of each label of each item, item by item; these are what the crowd counts.
    pub(crate) truth: Vec<f64>,
    pub(crate) sweeps: u32,
    judged: Vec<f64>,
}

/// Learns once under each assumption about the crowd as a whole.
pub(crate) fn learn(table: &VoteTable) -> [Belief; Errors::ALL.len()] {
    Errors::ALL.map(|errors| {
        let mut belief = Belief::begin(table, errors, first_beliefs(table));
        belief.settle(table, MOST_SWEEPS);
        belief
    })
}

/// What beliefs say of a set of votes together; the votes are those that they learned from.
pub(crate) fn estimate(beliefs: &[Belief], table: &VoteTable) -> Estimate {
    let k = table.classes();
    let mut probabilities = vec![0.0; table.items() * k];
    for (item, row) in probabilities.chunks_exact_mut(k).enumerate() {
        blend(beliefs.iter().map(|belief| &belief.truth[item * k..][..k]), table.of_item(item), row);
    }
    let crowds = || beliefs.iter().map(|belief| &belief.crowd);
    Estimate {
        classes: k,
        labels: most_probable(&probabilities, &table.votes_by_label()),
        probabilities,
        operators: (0..table.operators()).map(|operator| reliability(crowds(), operator)).collect(),
        difficulty: None,
        sweeps: beliefs.iter().map(|belief| belief.sweeps).sum(),
    }
}

/// What the shares of the votes tell before anything is known of the operators.
pub(crate) fn first_beliefs(table: &VoteTable) -> Vec<f64> {
    let mut truth = vec![0.0; table.items() * table.classes()];
    for (item, row) in truth.chunks_exact_mut(table.classes()).enumerate() {
        first_belief(row, table.of_item(item));
    }
    truth
}

impl Belief {
    /// Counts all votes under these probabilities.
    pub(crate) fn begin(table: &VoteTable, errors: Errors, truth: Vec<f64>) -> Self {
        let k = table.classes();
        let mut crowd = Crowd::new(k, errors);
        for votes in table.votes_by_operator() {
            crowd.enter(votes >= crowd.matrix_from());
        }
        for (item, row) in truth.chunks_exact(k).enumerate() {
            crowd.count(table.of_item(item), row, 1.0);
        }
        crowd.refresh();
        Self { crowd, truth, sweeps: 0, judged: vec![0.0; k] }
    }

    /// Sweeps until probabilities stand still, but at most `most` times.
    pub(crate) fn settle(&mut self, table: &VoteTable, most: u32) {
        let last = self.sweeps + most;
        while self.sweeps < last {
            // Operators change little from sweep to sweep: 1, 2, 4, 8, ... is often enough.
            if self.sweeps.is_power_of_two() {
                self.crowd.fit_rows();
            }
            self.crowd.fit_accuracies();
            let moved = self.sweep(table);
            self.crowd.refresh();
            let dispersion = self.look(table);
            self.crowd.fit_correlation(dispersion);
            if moved < STILL {
                break;
            }
        }
    }

    /// Judges every item once, each with what the ones before it taught. Says how far probabilities moved on average.
    fn sweep(&mut self, table: &VoteTable) -> f64 {
        let moved: f64 = (0..table.items()).map(|item| self.judge_again(item, table.of_item(item))).sum();
        self.sweeps += 1;
        moved / table.items().max(1) as f64
    }

    /// Judges an item by what its own votes did not teach. Says how far its probabilities moved.
    pub(crate) fn judge_again(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)> + Clone) -> f64 {
        self.take_out(item, votes.clone());
        self.put_in(item, votes)
    }

    /// Takes what an item with these votes taught out of the crowd.
    pub(crate) fn take_out(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)>) {
        let k = self.crowd.classes();
        self.crowd.count(votes, &self.truth[item * k..][..k], -1.0);
    }

    /// Judges an item that is not in the crowd, and puts it in.
    pub(crate) fn put_in(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)> + Clone) -> f64 {
        let k = self.crowd.classes();
        self.crowd.judge(votes.clone(), &mut self.judged);
        let row = &mut self.truth[item * k..][..k];
        let moved = row.iter().zip(&self.judged).map(|(before, after)| (before - after).abs()).sum::<f64>() / 2.0;
        row.copy_from_slice(&self.judged);
        self.crowd.count(votes, row, 1.0);
        moved
    }

    /// Adds an item without votes.
    pub(crate) fn add_item(&mut self) {
        self.truth.resize(self.truth.len() + self.crowd.classes(), 0.0);
    }

    /// Looks at items spread evenly over the set, as many as the steps allow.
    fn look(&mut self, table: &VoteTable) -> Dispersion {
        let k = table.classes();
        let step = (table.votes() * k * k).div_ceil(STEPS_ON_CORRELATION).max(1);
        let mut dispersion = Dispersion::default();
        for item in (0..table.items()).step_by(step) {
            let row = &self.truth[item * k..(item + 1) * k];
            self.crowd.count(table.of_item(item), row, -1.0);
            self.crowd.look_at(table.of_item(item), &mut dispersion);
            self.crowd.count(table.of_item(item), row, 1.0);
        }
        dispersion
    }
}
