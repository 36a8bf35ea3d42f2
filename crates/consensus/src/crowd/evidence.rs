//! What the crowd makes of a vote, in the form in which votes are weighed.
//!
//! A set of votes is weighed so often that this is most of what deciding costs. So it is in single precision, and rows
//! are filled up to whole registers, which makes the same few instructions of any number of states.

use super::Person;
use super::shared::Shared;

/// How many numbers a register has.
pub(crate) const LANES: usize = 4;
/// A part of a row by state, as long as a register.
pub(crate) type Lanes = [f32; LANES];

#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// For each label its parts by state.
    labels: Vec<Part>,
    /// How many parts a row has.
    width: usize,
    /// What is added to an operator's right and wrong votes, and the odds of the crowd's being wrong.
    right: f32,
    wrong: f32,
    odds: f32,
}

/// What a vote for one label says of some states.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// The crowd's probability of the label.
    base: Lanes,
    /// The same where it is the label of the state, else 0.
    told: Lanes,
    /// The crowd's probability of being right.
    right: Lanes,
    /// What centring makes of it.
    centre: Lanes,
}

/// What is beyond the last state, where everything stays as it is.
const NOTHING: Part = Part { base: [1.0; LANES], told: [0.0; LANES], right: [0.0; LANES], centre: [1.0; LANES] };

impl Evidence {
    pub(super) fn new(shared: &Shared, kinds: usize) -> Self {
        let states = shared.prior.len();
        let (classes, width) = (states / kinds, states.div_ceil(LANES));
        let mut labels = vec![NOTHING; classes * width];
        for label in 0..classes {
            for state in 0..states {
                let (part, lane) = (&mut labels[label * width + state / LANES], state % LANES);
                let base = shared.base[label * states + state] as f32;
                part.base[lane] = base;
                part.told[lane] = if state / kinds == label { base } else { 0.0 };
                part.right[lane] = shared.right(state, kinds) as f32;
                part.centre[lane] = shared.centre[label * states + state] as f32;
            }
        }
        let (accuracy, weight) = (shared.accuracy, shared.accuracy_weight);
        Self {
            labels,
            width,
            right: (weight * accuracy) as f32,
            wrong: (weight * (1.0 - accuracy)) as f32,
            odds: ((1.0 - accuracy) / accuracy) as f32,
        }
    }

    /// How much better than the crowd's the odds of being right are for somebody with so many right votes of so many.
    pub(super) fn odds(&self, right: f32, votes: f32) -> f32 {
        let votes = at_least(votes, 0.0);
        let right = at_least(right, 0.0);
        let right = if right < votes { right } else { votes };
        (right + self.right) / (votes - right + self.wrong) * self.odds
    }

    /// The probability of this label in each state, of an operator without a matrix; `better` is how much the odds are
    /// above the crowd's.
    pub(super) fn of_shifted(&self, label: usize, better: f32, factors: &mut [Lanes]) {
        let parts = &self.labels[label * self.width..][..factors.len()];
        for (part, factors) in parts.iter().zip(factors) {
            for (lane, factor) in factors.iter_mut().enumerate() {
                let (shifted, norm) = part.shifted(lane, better);
                *factor = shifted / norm * part.centre[lane];
            }
        }
    }

    /// The same of an operator with a matrix: `seen` has their votes for this label by state, then all by state, and
    /// `own` what the item has taught, which is left out.
    // By itself it is compiled to whole registers, inlined to parts of them.
    #[inline(never)]
    pub(super) fn of_seen(
        &self,
        label: usize,
        (better, person): (f32, &Person),
        (seen, own): (&[Lanes], &[Lanes]),
        factors: &mut [Lanes],
    ) {
        let width = factors.len();
        let parts = &self.labels[label * self.width..][..width];
        let (seen, totals, own) = (&seen[..width], &seen[width..][..width], &own[..width]);
        for ((((part, totals), seen), own), factors) in parts.iter().zip(totals).zip(seen).zip(own).zip(factors) {
            for (lane, factor) in factors.iter_mut().enumerate() {
                // Taking contributions out may leave a rounding error below zero.
                let seen = at_least(seen[lane] - own[lane], 0.0);
                let total = at_least(totals[lane] - own[lane], seen);
                let (shifted, norm) = part.shifted(lane, better);
                let probability = (person.row_weight * shifted + seen * norm) / ((person.row_weight + total) * norm);
                *factor = probability * part.centre[lane];
            }
        }
    }
}

impl Part {
    /// The shifted probability of the label, but for what it is divided by.
    #[inline]
    fn shifted(&self, lane: usize, better: f32) -> (f32, f32) {
        (self.base[lane] + self.told[lane] * better, 1.0 + self.right[lane] * better)
    }
}

/// The larger one, by a single instruction: neither is ever not a number.
#[inline]
fn at_least(value: f32, least: f32) -> f32 {
    if value > least { value } else { least }
}

/// How many parts a row of so many numbers has.
pub(crate) fn parts(numbers: usize) -> usize {
    numbers.div_ceil(LANES)
}
