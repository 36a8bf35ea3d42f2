//! How probable the states of an item are, by its votes.

use std::ops::Range;

use super::{Crowd, LANES, Lanes, NO_MATRIX, Person};
use crate::probabilities::normalise;

/// So many probabilities can be multiplied before their product may be too small for a number of 64 bits.
const FACTORS: usize = 8;
/// A usual member of the crowd: nothing sets them apart.
const STRANGER: Person = Person { right: 0.0, votes: 0.0, row_weight: 1.0, matrix: NO_MATRIX };

/// Votes with what the crowd knows of those who cast them, side by side, and room to judge items in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    /// The probability of each state, when judging is done, filled up to whole registers with zeros.
    states: Vec<[f64; LANES]>,
    /// The label of each vote and its operator, whose matrix is numbered as in `rows`.
    votes: Vec<(usize, Person)>,
    /// For each vote of an operator with a matrix: their votes for this label by state, then all by state.
    rows: Vec<Lanes>,
    /// What a vote makes of each state.
    factors: Vec<Lanes>,
    /// The logarithms of what was multiplied before, where votes are many.
    before: Vec<f64>,
}

impl Scratch {
    /// The probability of each state, when judging is done.
    pub(crate) fn states(&self) -> &[f64] {
        self.states.as_flattened()
    }
}

impl Crowd {
    /// Reads what judging these votes needs, and says how many they are. An operator who is not in the crowd is taken
    /// for a usual member of it.
    ///
    /// The counts of many operators fit into no cache. Reads that don't depend on each other wait for memory together,
    /// those between computations one after the other: so the votes of some items are read at once.
    pub(crate) fn read(&self, votes: impl Iterator<Item = (usize, usize)>, scratch: &mut Scratch) -> usize {
        match self.width() {
            1 => self.read_of(1, votes, scratch),
            2 => self.read_of(2, votes, scratch),
            width => self.read_of(width, votes, scratch),
        }
    }

    #[expect(clippy::inline_always, reason = "the width is a constant where it is inlined")]
    #[inline(always)]
    fn read_of(&self, width: usize, votes: impl Iterator<Item = (usize, usize)>, scratch: &mut Scratch) -> usize {
        let Scratch { votes: read, rows, .. } = scratch;
        read.clear();
        read.extend(votes.map(|(operator, label)| (label, *self.operators.get(operator).unwrap_or(&STRANGER))));
        rows.clear();
        for (label, person) in read.iter_mut().filter(|(_, person)| person.matrix != NO_MATRIX) {
            let matrix = &self.matrices[person.matrix as usize * (self.classes + 1) * width..];
            person.matrix = u32::try_from(rows.len()).unwrap_or(NO_MATRIX);
            rows.extend_from_slice(&matrix[*label * width..][..width]);
            rows.extend_from_slice(&matrix[self.classes * width..][..width]);
        }
        read.len()
    }

    /// Judges an item by its votes, a part of those that were read. What it has taught, `own` (the probabilities of its
    /// states as they were counted, or zeros), is left out.
    pub(crate) fn judge(&self, votes: Range<usize>, own: &[Lanes], scratch: &mut Scratch) {
        match (self.kinds, self.width()) {
            (1, 1) => self.judge_few::<1, 1>(votes, own, scratch),
            (1, 2) => self.judge_few::<1, 2>(votes, own, scratch),
            (2, 1) => self.judge_few::<2, 1>(votes, own, scratch),
            (2, 2) => self.judge_few::<2, 2>(votes, own, scratch),
            (kinds, width) => {
                let (mut product, mut factors) =
                    (std::mem::take(&mut scratch.states), std::mem::take(&mut scratch.factors));
                product.resize(width, [0.0; LANES]);
                factors.resize(width, [0.0; LANES]);
                self.weigh_all(kinds, votes, own, scratch, (&mut product, &mut factors));
                (scratch.states, scratch.factors) = (product, factors);
            }
        }
    }

    /// The same where states are few. Loops of a known length are written out by the compiler.
    fn judge_few<const KINDS: usize, const WIDTH: usize>(
        &self,
        votes: Range<usize>,
        own: &[Lanes],
        scratch: &mut Scratch,
    ) {
        let mut product = [[0.0; LANES]; WIDTH];
        self.weigh_all(KINDS, votes, own, scratch, (&mut product, &mut [[0.0; LANES]; WIDTH]));
        scratch.states.clear();
        scratch.states.extend(product);
    }

    #[expect(clippy::inline_always, reason = "kinds and the length of the product are constants where it is inlined")]
    #[inline(always)]
    fn weigh_all(
        &self,
        kinds: usize,
        votes: Range<usize>,
        own: &[Lanes],
        scratch: &mut Scratch,
        (product, factors): (&mut [[f64; LANES]], &mut [Lanes]),
    ) {
        let Scratch { votes: read, rows, before, .. } = scratch;
        let evidence = &self.shared.evidence;
        let own = &own[..product.len()];
        let counted: f32 = own.as_flattened().iter().sum();
        product.fill([1.0; LANES]);
        before.clear();
        for (number, (label, person)) in read[votes].iter().enumerate() {
            if number > 0 && number.is_multiple_of(FACTORS) {
                take_logarithms(product, before);
                product.fill([1.0; LANES]);
            }
            let own_right: f32 = own.as_flattened()[label * kinds..][..kinds].iter().sum();
            let better = evidence.odds(person.right - own_right, person.votes - counted) - 1.0;
            if person.matrix == NO_MATRIX {
                evidence.of_shifted(*label, better, factors);
            } else {
                evidence.of_seen(*label, (better, person), (&rows[person.matrix as usize..], own), factors);
            }
            let values = product.as_flattened_mut().iter_mut().zip(factors.as_flattened());
            values.for_each(|(value, factor)| *value *= f64::from(*factor));
        }
        let product = product.as_flattened_mut();
        let (product, beyond) = product.split_at_mut(self.shared.prior.len());
        product.iter_mut().zip(&self.shared.prior).for_each(|(value, prior)| *value *= prior);
        beyond.fill(0.0);
        if !before.is_empty() {
            before.iter_mut().zip(product.iter()).for_each(|(before, product)| *before += product.ln());
            let most = before[..product.len()].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            product.iter_mut().zip(before).for_each(|(value, ln)| *value = (*ln - most).exp());
        }
        normalise(product);
    }
}

/// Adds the logarithms of products to those of the products before.
fn take_logarithms(product: &[[f64; LANES]], before: &mut Vec<f64>) {
    let product = product.as_flattened();
    before.resize(product.len(), 0.0);
    before.iter_mut().zip(product).for_each(|(before, product)| *before += product.ln());
}
