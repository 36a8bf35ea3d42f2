//! What the crowd's levels are worth against each other, learned from the votes alone.

use std::sync::Arc;

use super::{Centring, Crowd, LANES, NO_MATRIX, Person};
use crate::probabilities::normalise;
use crate::special::{ln_gamma, ln_rising};

/// How many votes a level may be worth: enough for "as good as alone" and "as good as not there".
pub(super) const WEIGHTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Where operators' rows are worth so many votes on average, half of the crowd's confusion is taken back, and the more
/// of it the more alike they are: 24 is the middle of a plateau (16 to 48, with powers from 2 to 4, differ by .003 in
/// accuracy on eleven recorded sets).
const HALF_CENTRED: f64 = 24.0;

impl Crowd {
    /// Learns how alike the operators' accuracies are: the weight under which their votes are most probable (empirical
    /// Bayes with beta-binomial likelihoods). All operators are looked at: a choice of some would depend on how they
    /// are numbered.
    pub(crate) fn fit_accuracies(&mut self) {
        let accuracy = self.shared.accuracy;
        let ln_likelihood = |weight: f64| -> f64 {
            let (a, b) = (weight * accuracy, weight * (1.0 - accuracy));
            let before = ln_gamma(weight) - ln_gamma(a) - ln_gamma(b);
            self.operators.iter().map(|person| before + ln_coin(person, a, b)).sum()
        };
        let mut best = (WEIGHTS[0], ln_likelihood(WEIGHTS[0]));
        for weight in &WEIGHTS[1..] {
            let value = ln_likelihood(*weight);
            if value > best.1 {
                best = (*weight, value);
            }
        }
        if !self.operators.is_empty() {
            let shared = Arc::make_mut(&mut self.shared);
            shared.accuracy_weight = best.0;
            shared.note_evidence(self.kinds);
        }
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

    /// Learns how far the crowd's confusion is taken back: the more alike operators are, the less an error that they
    /// share can be told from items that are unlike their class. Where they are unlike, their differences show what the
    /// truth is, and the crowd's own bias is believed.
    pub(crate) fn fit_centring(&mut self) {
        if self.centring != Centring::ByLikeness {
            return;
        }
        let with_matrix = self.operators.iter().filter(|person| person.matrix != NO_MATRIX);
        let (sum, votes) = with_matrix.fold((0.0, 0.0), |(sum, votes), person| {
            (sum + f64::from(person.votes * person.row_weight.ln()), votes + f64::from(person.votes))
        });
        if votes > 0.0 {
            let alike = f64::exp(sum / votes).powi(2);
            Arc::make_mut(&mut self.shared).centring = alike / (alike + HALF_CENTRED * HALF_CENTRED);
            self.centre();
        }
    }

    /// Learns how far one operator's rows are like the shifted ones. Says how plausible each weight is.
    fn fit_operator(&mut self, operator: usize) -> Option<[f64; WEIGHTS.len()]> {
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
        self.operators[operator].row_weight = mean.exp() as f32;
        Some(plausible)
    }

    /// The log-probability of an operator's matrix if its rows are drawn to the shifted one with this weight.
    fn ln_rows(&self, operator: usize, weight: f64) -> f64 {
        let (k, states, person) = (self.classes, self.states(), &self.operators[operator]);
        let matrix = &self.matrices[person.matrix as usize * self.stride()..][..self.stride()];
        let (matrix, row) = (matrix.as_flattened(), self.width() * LANES);
        let odds = f64::from(self.shared.evidence.odds(person.right, person.votes));
        let mut sum = 0.0;
        for state in 0..states {
            let total = f64::from(matrix[k * row + state]).max(0.0);
            if total < 0.01 {
                continue;
            }
            sum -= ln_rising(weight, total);
            let norm = 1.0 + self.shared.right(state, self.kinds) * (odds - 1.0);
            for label in 0..k {
                let usual = self.shared.base[label * states + state];
                let prior = weight * if label == state / self.kinds { usual * odds } else { usual } / norm;
                let seen = f64::from(matrix[label * row + state]).max(0.0);
                if seen > 1e-9 {
                    sum += ln_rising(prior, seen);
                }
            }
        }
        sum
    }
}

/// The log-probability of an operator's right and wrong votes if the accuracy comes from the Beta distribution of `a`
/// and `b`, but for what all operators have in common.
fn ln_coin(person: &Person, a: f64, b: f64) -> f64 {
    let (right, wrong) = (f64::from(person.right.max(0.0)), f64::from((person.votes - person.right).max(0.0)));
    ln_gamma(a + right) + ln_gamma(b + wrong) - ln_gamma(a + b + right + wrong)
}
