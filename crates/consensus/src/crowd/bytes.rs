//! What is known of the operators, in a few bytes: enough to judge by, but not to go on learning.

use std::sync::Arc;

use super::{Crowd, NO_MATRIX, Person, Shared, fit};

/// A matrix follows.
const WITH_MATRIX: u8 = 1;

/// Takes numbers off the front of bytes; `None` where there are too few.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<f64> {
        self.bytes().map(f32::from_le_bytes).map(f64::from).filter(|number| number.is_finite())
    }

    /// Fails before it allocates where there can't be so many.
    fn numbers(&mut self, count: usize) -> Option<Vec<f64>> {
        if self.0.len() / 4 < count {
            return None;
        }
        (0..count).map(|_| self.number()).collect()
    }
}

fn put(numbers: &[f64], bytes: &mut Vec<u8>) {
    numbers.iter().for_each(|&number| bytes.extend((number as f32).to_le_bytes()));
}

/// The number that is read after this one was written: seven digits of it.
fn round(number: &mut f64) {
    *number = f64::from(*number as f32);
}

impl Crowd {
    /// Rounds everything as it is written, so that a crowd judges the same before and after.
    pub(crate) fn rounded(mut self) -> Self {
        let shared = Arc::make_mut(&mut self.shared);
        shared.prior.iter_mut().chain(&mut shared.base).for_each(round);
        [&mut shared.accuracy, &mut shared.accuracy_weight, &mut shared.correlation].into_iter().for_each(round);
        for person in &mut self.operators {
            [&mut person.right, &mut person.votes, &mut person.row_weight].into_iter().for_each(round);
        }
        self.matrices.iter_mut().for_each(round);
        for start in (0..self.matrices.len()).step_by(self.stride()) {
            self.sum_matrix(start);
        }
        self
    }

    /// Writes what is shared.
    pub(crate) fn write_shared(&self, bytes: &mut Vec<u8>) {
        let shared = &self.shared;
        put(&[shared.accuracy, shared.accuracy_weight, shared.correlation], bytes);
        put(&shared.prior, bytes);
        put(&shared.base, bytes);
    }

    /// Writes one operator.
    pub(crate) fn write_operator(&self, operator: usize, bytes: &mut Vec<u8>) {
        let (k, person) = (self.classes, &self.operators[operator]);
        put(&[person.right, person.votes, person.row_weight], bytes);
        bytes.push(if person.matrix == NO_MATRIX { 0 } else { WITH_MATRIX });
        if person.matrix != NO_MATRIX {
            put(&self.matrices[person.matrix as usize * self.stride()..][..k * k], bytes);
        }
    }

    /// A crowd of what [`write_shared`](Self::write_shared) wrote, without operators.
    pub(crate) fn read_shared(classes: usize, reader: &mut Reader<'_>) -> Option<Self> {
        let [accuracy, accuracy_weight, correlation] = reader.numbers(3)?.try_into().ok()?;
        let (prior, base) = (reader.numbers(classes)?, reader.numbers(classes.checked_mul(classes)?)?);
        let row_weights = [1.0 / fit::WEIGHTS.len() as f64; fit::WEIGHTS.len()];
        let shared = Shared { prior, base, accuracy, accuracy_weight, row_weights, correlation };
        Some(Self::of_nobody(classes, Arc::new(shared)))
    }

    /// Adds the operator that [`write_operator`](Self::write_operator) wrote.
    pub(crate) fn read_operator(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let [right, votes, row_weight] = reader.numbers(3)?.try_into().ok()?;
        self.operators.push(Person { right, votes, row_weight, matrix: NO_MATRIX });
        if reader.bytes()? == [WITH_MATRIX] {
            let cells = reader.numbers(self.classes * self.classes)?;
            let start = self.matrices.len();
            self.give_matrix(self.operators.len() - 1);
            self.matrices[start..start + cells.len()].copy_from_slice(&cells);
            self.sum_matrix(start);
        }
        Some(())
    }

    /// Counts the votes by class of the matrix that starts here.
    fn sum_matrix(&mut self, start: usize) {
        let (k, end) = (self.classes, start + self.stride());
        let (cells, totals) = self.matrices[start..end].split_at_mut(k * k);
        totals.fill(0.0);
        cells.chunks_exact(k).for_each(|row| totals.iter_mut().zip(row).for_each(|(total, seen)| *total += seen));
    }
}
