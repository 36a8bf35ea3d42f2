//! How probable the states of an item are, by its votes.

use super::{Crowd, NO_MATRIX, sum};
use crate::probabilities::normalise;

/// So many probabilities can be multiplied before their product may be too small for a number of 64 bits.
const FACTORS: usize = 8;

/// Room to judge an item in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    /// The probability of each state, when judging is done.
    pub(crate) states: Vec<f64>,
    /// The logarithms of what was multiplied before, where votes are many.
    before: Vec<f64>,
}

impl Scratch {
    /// The probability of each label.
    pub(crate) fn classes(&self, kinds: usize) -> impl Iterator<Item = f64> + '_ {
        self.states.chunks_exact(kinds).map(|states| states.iter().sum())
    }

    fn clear(&mut self, states: usize) {
        self.states.clear();
        self.states.resize(states, 1.0);
        self.before.clear();
    }

    /// Takes the products so far as logarithms, and begins new ones.
    fn rescue(&mut self) {
        self.before.resize(self.states.len(), 0.0);
        for (before, product) in self.before.iter_mut().zip(&mut self.states) {
            *before += product.ln();
            *product = 1.0;
        }
    }

    fn finish(&mut self, prior: &[f64]) {
        self.states.iter_mut().zip(prior).for_each(|(value, prior)| *value *= prior);
        if !self.before.is_empty() {
            self.before.iter_mut().zip(&self.states).for_each(|(before, product)| *before += product.ln());
            let most = self.before.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            self.states.iter_mut().zip(&self.before).for_each(|(value, ln)| *value = (ln - most).exp());
        }
        normalise(&mut self.states);
    }
}

impl Crowd {
    /// Judges an item by its votes. What it has taught, `own` (the probabilities of its states as they were counted, or
    /// zeros), is left out. An operator who is not in the crowd is taken for a usual member of it.
    pub(crate) fn judge(&self, votes: impl Iterator<Item = (usize, usize)>, own: &[f32], scratch: &mut Scratch) {
        // Loops of a known length are written out by the compiler, which more than halves what a sweep costs.
        match self.states() {
            2 => self.judge_of(2, votes, own, scratch),
            3 => self.judge_of(3, votes, own, scratch),
            4 => self.judge_of(4, votes, own, scratch),
            6 => self.judge_of(6, votes, own, scratch),
            8 => self.judge_of(8, votes, own, scratch),
            states => self.judge_of(states, votes, own, scratch),
        }
    }

    #[expect(clippy::inline_always, reason = "the number of states is a constant where it is inlined")]
    #[inline(always)]
    fn judge_of(&self, states: usize, votes: impl Iterator<Item = (usize, usize)>, own: &[f32], scratch: &mut Scratch) {
        scratch.clear(states);
        let counted = sum(own);
        for (number, (operator, label)) in votes.enumerate() {
            if number > 0 && number.is_multiple_of(FACTORS) {
                scratch.rescue();
            }
            self.weigh(operator, label, (&own[..states], counted), &mut scratch.states[..states]);
        }
        scratch.finish(&self.shared.prior);
    }

    /// Multiplies each state by how probable it is that this operator gives this label.
    #[expect(clippy::inline_always, reason = "the number of states is a constant where it is inlined")]
    #[inline(always)]
    fn weigh(&self, operator: usize, label: usize, (own, counted): (&[f32], f64), product: &mut [f64]) {
        let (states, kinds, shared) = (product.len(), self.kinds, &self.shared);
        let base = &shared.base[label * states..][..states];
        let centre = &shared.centre[label * states..][..states];
        let is_told = &shared.is_told[label * states..][..states];
        let (right, own) = (&shared.right[..states], &own[..states]);
        let Some(person) = self.operators.get(operator) else {
            (0..states).for_each(|state| product[state] *= base[state] * centre[state]);
            return;
        };
        let odds = shared.odds(person.right - sum(&own[label * kinds..][..kinds]), person.votes - counted);
        let shifted = |state: usize| base[state] * (1.0 + is_told[state] * (odds - 1.0));
        let norm = |state: usize| 1.0 + right[state] * (odds - 1.0);
        if person.matrix == NO_MATRIX {
            (0..states).for_each(|state| product[state] *= shifted(state) * centre[state] / norm(state));
            return;
        }
        let matrix = &self.matrices[person.matrix as usize * (self.classes + 1) * states..];
        let (cells, totals) = (&matrix[label * states..][..states], &matrix[self.classes * states..][..states]);
        let weight = person.row_weight;
        for state in 0..states {
            // Taking contributions out may leave a rounding error below zero.
            let seen = f64::from(cells[state] - own[state]).max(0.0);
            let total = f64::from(totals[state] - own[state]).max(seen);
            let norm = norm(state);
            let probability = (weight * shifted(state) + seen * norm) / ((weight + total) * norm);
            product[state] *= probability * centre[state];
        }
    }
}
