//! What the crowd's levels are worth against each other, learned from the votes alone.

use std::sync::Arc;

use super::{Crowd, NO_MATRIX, Person};
use crate::probabilities::normalise;
use crate::special::ln_gamma;

/// How many votes a level may be worth: enough for "as good as alone" and "as good as not there".
pub(super) const WEIGHTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// No two people's votes are taken to err together more than this.
const MOST_CORRELATED: f64 = 0.5;

/// How far votes usually err together, because items are unlike, and what that is worth; chosen on simulated crowds
/// with and without hard items.
const USUAL_CORRELATION: f64 = 0.1;
const USUAL_WEIGHT: f64 = 5000.0;

/// Sums over items from which the correlation follows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dispersion {
    /// Squared residuals beyond what independent votes would show.
    excess: f64,
    /// What `excess` would be if all votes on an item were one.
    whole: f64,
}

impl Crowd {
    /// Learns how alike the operators' accuracies are: the weight under which their votes are most probable (empirical
    /// Bayes with beta-binomial likelihoods). All operators are looked at: a choice of some would depend on how they
    /// are numbered.
    pub(crate) fn fit_accuracies(&mut self) {
        let accuracy = self.shared.accuracy;
        let weight = best_weight(self.shared.accuracy_weight, |weight| {
            let (a, b) = (weight * accuracy, weight * (1.0 - accuracy));
            let before = ln_gamma(weight) - ln_gamma(a) - ln_gamma(b);
            self.operators.iter().map(|person| before + ln_coin(person, a, b)).sum()
        });
        Arc::make_mut(&mut self.shared).accuracy_weight = weight;
    }

    /// Learns how far each operator's rows are like the shifted ones, and how common that is (empirical Bayes with
    /// Dirichlet-multinomial likelihoods). Each by itself, because a few spammers say nothing about the others.
    pub(crate) fn fit_rows(&mut self) {
        let mut common = [0.1; WEIGHTS.len()];
        for operator in 0..self.operators.len() {
            if let Some(plausible) = self.fit_operator(operator) {
                common.iter_mut().zip(plausible).for_each(|(sum, value)| *sum += value);
            }
        }
        normalise(&mut common);
        Arc::make_mut(&mut self.shared).row_weights = common;
    }

    /// Learns how far one operator's rows are like the shifted ones. Says how plausible each weight is.
    pub(crate) fn fit_operator(&mut self, operator: usize) -> Option<[f64; WEIGHTS.len()]> {
        if self.operators[operator].matrix == NO_MATRIX {
            return None;
        }
        let mut plausible = WEIGHTS.map(|weight| self.ln_rows(operator, weight));
        let best = plausible.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (value, common) in plausible.iter_mut().zip(&self.shared.row_weights) {
            *value = common * (*value - best).exp();
        }
        normalise(&mut plausible);
        let mean: f64 = plausible.iter().zip(WEIGHTS).map(|(share, weight)| share * weight.ln()).sum();
        self.operators[operator].row_weight = mean.exp();
        Some(plausible)
    }

    /// The log-probability of an operator's matrix if its rows are drawn to the shifted one with this weight.
    fn ln_rows(&self, operator: usize, weight: f64) -> f64 {
        let (k, person) = (self.classes, &self.operators[operator]);
        let start = person.matrix as usize * self.stride();
        let odds = self.shared.odds(person);
        let mut sum = 0.0;
        for class in 0..k {
            let total = self.matrices[start + k * k + class].max(0.0);
            if total < 0.01 {
                continue;
            }
            sum += ln_gamma(weight) - ln_gamma(weight + total);
            let norm = 1.0 + self.shared.base[class * k + class] * (odds - 1.0);
            for label in 0..k {
                let usual = self.shared.base[label * k + class];
                let prior = weight * if label == class { usual * odds } else { usual } / norm;
                let seen = self.matrices[start + label * k + class].max(0.0);
                if seen > 1e-9 {
                    sum += ln_gamma(prior + seen) - ln_gamma(prior);
                }
            }
        }
        sum
    }

    /// Measures how far the votes of an item, whose contribution is not in the counts, are from what independent votes
    /// would be.
    pub(crate) fn look_at(&self, votes: impl Iterator<Item = (usize, usize)> + Clone, dispersion: &mut Dispersion) {
        let k = self.classes;
        let number = votes.clone().count();
        if number < 2 {
            return;
        }
        let mut likely = vec![0.0; k * k];
        let mut truth = vec![0.0; k];
        // With the correlation taken into account, finding some would let one find more, without end.
        self.judge_with(0.0, votes.clone(), &mut truth);
        for class in (0..k).filter(|&class| truth[class] > 0.02) {
            let (mut residual, mut variance) = (0.0, 0.0);
            for (operator, label) in votes.clone() {
                for given in 0..k {
                    self.weigh(operator, given, |class, probability| likely[given * k + class] = probability);
                }
                let (contrast, mean, spread) = self.contrast(&likely, class, label);
                residual += contrast - mean;
                variance += spread;
            }
            dispersion.excess += truth[class] * (residual * residual - variance);
            dispersion.whole += truth[class] * variance * (number - 1) as f64;
        }
    }

    /// The evidence of `label` for `class` against all others, its mean and its variance if `class` is the truth.
    fn contrast(&self, likely: &[f64], class: usize, label: usize) -> (f64, f64, f64) {
        let (k, prior) = (self.classes, &self.shared.prior);
        let others = (1.0 - prior[class]).max(1e-9);
        let (mut seen, mut mean, mut square) = (0.0, 0.0, 0.0);
        for given in 0..k {
            let row = &likely[given * k..][..k];
            let against: f64 = (0..k).filter(|&other| other != class).map(|other| prior[other] * row[other]).sum();
            let evidence = (row[class] * others / against.max(1e-300)).ln();
            mean += row[class] * evidence;
            square += row[class] * evidence * evidence;
            if given == label {
                seen = evidence;
            }
        }
        (seen, mean, (square - mean * mean).max(0.0))
    }

    /// Takes over what the sums tell, drawn to what is usual. With few votes an item the truth is found in them, and
    /// they seem to be more independent than they are.
    pub(crate) fn fit_correlation(&mut self, dispersion: Dispersion) {
        if dispersion.whole > 0.0 {
            let found = (dispersion.excess / dispersion.whole).clamp(0.0, MOST_CORRELATED);
            let items: f64 = self.class.iter().sum();
            let others = (self.community.iter().sum::<f64>() / items.max(1.0) - 1.0).max(0.0);
            // How precisely it can be found: half of this is the inverse of its variance if there is none.
            let weight = items * others * others;
            Arc::make_mut(&mut self.shared).correlation =
                (found * weight + USUAL_CORRELATION * USUAL_WEIGHT) / (weight + USUAL_WEIGHT);
        }
    }
}

/// The log-probability of an operator's right and wrong votes if the accuracy comes from the Beta distribution of `a`
/// and `b`, but for what all operators have in common.
fn ln_coin(person: &Person, a: f64, b: f64) -> f64 {
    let (right, wrong) = (person.right.max(0.0), (person.votes - person.right).max(0.0));
    ln_gamma(a + right) + ln_gamma(b + wrong) - ln_gamma(a + b + right + wrong)
}

/// The weight that `ln_likelihood` likes best; `present` where it likes all alike.
fn best_weight(present: f64, ln_likelihood: impl Fn(f64) -> f64) -> f64 {
    let mut best = (present, ln_likelihood(present));
    for weight in WEIGHTS {
        let value = ln_likelihood(weight);
        if value > best.1 {
            best = (weight, value);
        }
    }
    best.0
}
