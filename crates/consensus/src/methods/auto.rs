//! The method to take when in doubt.

use crate::crowd::{Crowd, Dispersion, Learned};
use crate::estimate::{first_belief, most_probable};
use crate::{Estimate, VoteTable};

const MOST_SWEEPS: u32 = 50;
/// Sweeping ends when probabilities move less than this on average.
const STILL: f64 = 1e-4;
/// How many operators, at most, tell how alike all are.
const SAMPLED_OPERATORS: usize = 512;
/// How many steps may be spent after each sweep on learning how far votes err together.
const STEPS_ON_CORRELATION: usize = 400_000;

/// A crowd and what it makes of the items.
pub(crate) struct Belief {
    pub(crate) crowd: Crowd,
    truth: Vec<f64>,
    /// How probable the votes are (logarithm), each item's without having learned from it.
    evidence: f64,
    sweeps: u32,
}

/// Dawid-Skene with levels of belief about each operator, and votes that may err together.
pub(super) fn auto(table: &VoteTable) -> Estimate {
    let k = table.classes();
    let Belief { crowd, truth, sweeps, .. } = learn(table);
    let operators = (0..table.operators()).map(|operator| crowd.reliability(operator)).collect();
    Estimate { classes: k, labels: most_probable(&truth, k), probabilities: truth, operators, difficulty: None, sweeps }
}

/// Learns with each set of assumptions about the crowd as a whole; the belief that explains the votes best for its price is
/// taken. Without the price a few votes of mediocre voters are best explained by one class for all.
pub(crate) fn learn(table: &VoteTable) -> Belief {
    let mut best = believe(table, Learned::ALL[0]);
    let mut sweeps = best.sweeps;
    for learned in &Learned::ALL[1..] {
        let mut other = believe(table, *learned);
        other.evidence -= learned.price(table);
        sweeps += other.sweeps;
        if other.evidence > best.evidence {
            best = other;
        }
    }
    Belief { sweeps, ..best }
}

fn believe(table: &VoteTable, learned: Learned) -> Belief {
    let k = table.classes();
    let mut crowd = Crowd::new(k, learned);
    for votes in table.votes_by_operator() {
        crowd.enter(votes >= crowd.matrix_from());
    }
    let mut truth = vec![0.0; table.items() * k];
    for (item, row) in truth.chunks_exact_mut(k).enumerate() {
        first_belief(row, table.of_item(item));
        crowd.count(table.of_item(item), row, 1.0);
    }
    crowd.refresh();
    let mut belief = Belief { crowd, truth, evidence: 0.0, sweeps: 0 };
    while belief.sweeps < MOST_SWEEPS {
        // Operators change little from sweep to sweep: 1, 2, 4, 8, ... is often enough.
        if belief.sweeps.is_power_of_two() {
            belief.crowd.fit_rows();
        }
        belief.crowd.fit_accuracies(SAMPLED_OPERATORS);
        let moved = belief.sweep(table);
        belief.crowd.refresh();
        let dispersion = belief.look(table);
        belief.crowd.fit_correlation(dispersion);
        if moved < STILL {
            break;
        }
    }
    belief
}

impl Belief {
    /// Judges every item once, each with what the ones before it taught. Says how far probabilities moved on average.
    fn sweep(&mut self, table: &VoteTable) -> f64 {
        let k = table.classes();
        let mut judged = vec![0.0; k];
        let mut moved = 0.0;
        self.evidence = 0.0;
        for (item, row) in self.truth.chunks_exact_mut(k).enumerate() {
            self.crowd.count(table.of_item(item), row, -1.0);
            self.evidence += self.crowd.judge(table.of_item(item), &mut judged);
            moved += row.iter().zip(&judged).map(|(before, after)| (before - after).abs()).sum::<f64>() / 2.0;
            row.copy_from_slice(&judged);
            self.crowd.count(table.of_item(item), row, 1.0);
        }
        self.sweeps += 1;
        moved / table.items().max(1) as f64
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
