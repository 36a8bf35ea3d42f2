//! MACE: an operator knows the answer, or answers by habit.

use crate::probabilities::normalise;
use crate::random::SplitMix;
use crate::special::digamma;
use crate::{Estimate, VoteTable};

const RESTARTS: u32 = 10;
const SWEEPS: u32 = 50;
/// The priors that crowd-kit uses: Beta on knowing or not, Dirichlet on the habit.
const KNOWING_PRIOR: f64 = 0.5;
const HABIT_PRIOR: f64 = 10.0;

/// What is believed of the operators.
#[derive(Clone)]
struct Mace {
    /// The probability of not knowing, then that of knowing, of each operator. The two need not sum to 1: they are
    /// exponentials of expected logarithms.
    knowing: Vec<[f64; 2]>,
    /// The weight of each label in an operator's habit.
    habit: Vec<f64>,
}

/// Variational Bayes from several seeded starts; the most probable one counts.
pub(super) fn mace(table: &VoteTable, seed: u64) -> Estimate {
    let mut random = SplitMix::new(seed);
    let mut best: Option<(f64, Vec<f64>)> = None;
    for _ in 0..RESTARTS {
        let mut model = Mace::begin(table, &mut random);
        let mut truth = vec![0.0; table.items() * table.classes()];
        let mut fit = model.judge(table, &mut truth);
        for _ in 0..SWEEPS {
            model.learn(table, &truth);
            fit = model.judge(table, &mut truth);
        }
        if best.as_ref().is_none_or(|(so_far, _)| fit > *so_far) {
            best = Some((fit, truth));
        }
    }
    let truth = best.map_or_else(Vec::new, |(_, truth)| truth);
    Estimate::of(table, truth, RESTARTS * (SWEEPS + 1))
}

impl Mace {
    /// Somewhere near "half know", different each time.
    fn begin(table: &VoteTable, random: &mut SplitMix) -> Self {
        let mut some = || 1.0 + 1.5 * random.unit();
        let mut knowing = Vec::with_capacity(table.operators());
        let mut habit = Vec::with_capacity(table.operators() * table.classes());
        for _ in 0..table.operators() {
            let mut pair = [some(), some()];
            normalise(&mut pair);
            knowing.push(pair);
            let start = habit.len();
            habit.extend((0..table.classes()).map(|_| some()));
            normalise(&mut habit[start..]);
        }
        Self { knowing, habit }
    }

    /// Takes the probabilities of labels from the parameters; says how probable all votes are (logarithm).
    fn judge(&self, table: &VoteTable, truth: &mut [f64]) -> f64 {
        let k = table.classes();
        let mut fit = 0.0;
        for (item, row) in truth.chunks_exact_mut(k).enumerate() {
            row.fill(1.0 / k as f64);
            for (operator, label) in table.of_item(item) {
                let [guesses, knows] = self.knowing[operator];
                let by_habit = guesses * self.habit[operator * k + label];
                for (class, value) in row.iter_mut().enumerate() {
                    *value *= if class == label { by_habit + knows } else { by_habit };
                }
                let sum: f64 = row.iter().sum();
                fit += sum.max(1e-300).ln();
                normalise(row);
            }
        }
        fit
    }

    fn learn(&mut self, table: &VoteTable, truth: &[f64]) {
        let k = table.classes();
        let mut knowing = vec![[KNOWING_PRIOR; 2]; table.operators()];
        let mut habit = vec![HABIT_PRIOR; table.operators() * k];
        for (item, row) in truth.chunks_exact(k).enumerate() {
            for (operator, label) in table.of_item(item) {
                let [guesses, knows] = self.knowing[operator];
                let by_habit = guesses * self.habit[operator * k + label];
                let knew = row[label] * knows / (by_habit + knows);
                knowing[operator][1] += knew;
                knowing[operator][0] += 1.0 - knew;
                habit[operator * k + label] += 1.0 - knew;
            }
        }
        for (pair, counts) in self.knowing.iter_mut().zip(&knowing) {
            expected_logarithms(counts, pair);
        }
        for (row, counts) in self.habit.chunks_exact_mut(k).zip(habit.chunks_exact(k)) {
            expected_logarithms(counts, row);
        }
    }
}

/// The exponentials of the expected logarithms of a Dirichlet distribution.
fn expected_logarithms(counts: &[f64], to: &mut [f64]) {
    let norm = digamma(counts.iter().sum());
    for (to, &count) in to.iter_mut().zip(counts) {
        *to = (digamma(count) - norm).exp();
    }
}
