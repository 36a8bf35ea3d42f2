//! A crowd and what it makes of the items, kept in step with each other.

use crate::VoteTable;
use crate::crowd::{Crowd, Dispersion, Learned};
use crate::estimate::first_belief;

pub(crate) const MOST_SWEEPS: u32 = 50;
/// Sweeping ends when probabilities move less than this on average.
const STILL: f64 = 1e-4;
/// How many operators, at most, tell how alike all are.
const SAMPLED_OPERATORS: usize = 512;
/// How many steps may be spent after each sweep on learning how far votes err together.
const STEPS_ON_CORRELATION: usize = 400_000;

/// A crowd and what it makes of the items.
pub(crate) struct Belief {
    pub(crate) crowd: Crowd,
    /// The probability of each label of each item, item by item; these are what the crowd counts.
    pub(crate) truth: Vec<f64>,
    /// How probable each item's votes are (logarithm) without having learned from them.
    evidence: Vec<f64>,
    /// The sum of `evidence`.
    explained: f64,
    pub(crate) sweeps: u32,
    judged: Vec<f64>,
}

/// Learns with each set of assumptions about the crowd as a whole; the belief that explains the votes best for its price is
/// taken. Without the price a few votes of mediocre voters are best explained by one class for all.
pub(crate) fn learn(table: &VoteTable) -> Belief {
    let believe = |learned| {
        let mut belief = Belief::begin(table, learned, first_beliefs(table));
        belief.settle(table, MOST_SWEEPS);
        belief
    };
    let mut best = believe(Learned::ALL[0]);
    let mut sweeps = best.sweeps;
    for learned in &Learned::ALL[1..] {
        let other = believe(*learned);
        sweeps += other.sweeps;
        if other.worth(table.votes()) > best.worth(table.votes()) {
            best = other;
        }
    }
    Belief { sweeps, ..best }
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
    pub(crate) fn begin(table: &VoteTable, learned: Learned, truth: Vec<f64>) -> Self {
        let k = table.classes();
        let mut crowd = Crowd::new(k, learned);
        for votes in table.votes_by_operator() {
            crowd.enter(votes >= crowd.matrix_from());
        }
        for (item, row) in truth.chunks_exact(k).enumerate() {
            crowd.count(table.of_item(item), row, 1.0);
        }
        crowd.refresh();
        let evidence = vec![0.0; table.items()];
        Self { crowd, truth, evidence, explained: 0.0, sweeps: 0, judged: vec![0.0; k] }
    }

    /// How well it explains so many votes, less its price.
    pub(crate) fn worth(&self, votes: usize) -> f64 {
        self.explained - self.crowd.price(self.evidence.len(), votes)
    }

    /// Sweeps until probabilities stand still, at most so often.
    pub(crate) fn settle(&mut self, table: &VoteTable, most: u32) {
        let last = self.sweeps + most;
        while self.sweeps < last {
            // Operators change little from sweep to sweep: 1, 2, 4, 8, ... is often enough.
            if self.sweeps.is_power_of_two() {
                self.crowd.fit_rows();
            }
            self.crowd.fit_accuracies(SAMPLED_OPERATORS);
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
        self.explained = self.evidence.iter().sum();
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
        let evidence = self.crowd.judge(votes.clone(), &mut self.judged);
        self.explained += evidence - self.evidence[item];
        self.evidence[item] = evidence;
        let row = &mut self.truth[item * k..][..k];
        let moved = row.iter().zip(&self.judged).map(|(before, after)| (before - after).abs()).sum::<f64>() / 2.0;
        row.copy_from_slice(&self.judged);
        self.crowd.count(votes, row, 1.0);
        moved
    }

    /// Adds an item without votes.
    pub(crate) fn add_item(&mut self) {
        self.truth.resize(self.truth.len() + self.crowd.classes(), 0.0);
        self.evidence.push(0.0);
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
