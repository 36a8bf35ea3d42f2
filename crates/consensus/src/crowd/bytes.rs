//! What is known of the operators, in a few bytes: enough to judge by, but not to go on learning.

use std::sync::Arc;

use super::{Centring, Crowd, NO_MATRIX, Person, View, shared::Shared};

/// A matrix follows.
const WITH_MATRIX: u8 = 1;
/// How many kinds of items the crowd tells apart.
const ALIKE: u8 = 1;
const EASY_AND_HARD: u8 = 2;

/// Takes numbers off the front of bytes; `None` where there are too few.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn number(&mut self) -> Option<f64> {
        self.bytes().map(f32::from_le_bytes).map(f64::from).filter(|number| number.is_finite())
    }

    /// Fails before it allocates where there can't be so many.
    pub(crate) fn numbers(&mut self, count: usize) -> Option<Vec<f64>> {
        if self.0.len() / 4 < count {
            return None;
        }
        (0..count).map(|_| self.number()).collect()
    }
}

/// Appends numbers with seven digits.
pub(crate) fn put(numbers: &[f64], bytes: &mut Vec<u8>) {
    numbers.iter().for_each(|&number| bytes.extend((number as f32).to_le_bytes()));
}

/// The number that is read after this one was written: seven digits of it.
pub(crate) fn round(number: &mut f64) {
    *number = f64::from(*number as f32);
}

impl Crowd {
    /// Rounds everything as it is written, so that a crowd judges the same before and after.
    pub(crate) fn rounded(mut self) -> Self {
        let kinds = self.kinds;
        let shared = Arc::make_mut(&mut self.shared);
        shared.prior.iter_mut().chain(&mut shared.base).chain(&mut shared.centre).for_each(round);
        [&mut shared.accuracy, &mut shared.accuracy_weight, &mut shared.centring].into_iter().for_each(round);
        shared.note_evidence(kinds);
        for start in (0..self.matrices.len()).step_by(self.stride()) {
            self.sum_matrix(start);
        }
        self
    }

    /// Writes what is shared.
    pub(crate) fn write_shared(&self, bytes: &mut Vec<u8>) {
        let shared = &self.shared;
        bytes.push(if self.kinds == 1 { ALIKE } else { EASY_AND_HARD });
        put(&[shared.accuracy, shared.accuracy_weight, shared.centring], bytes);
        put(&shared.prior, bytes);
        put(&shared.base, bytes);
        put(&shared.centre, bytes);
    }

    /// Writes one operator.
    pub(crate) fn write_operator(&self, operator: usize, bytes: &mut Vec<u8>) {
        let person = &self.operators[operator];
        put(&[person.right, person.votes, person.row_weight].map(f64::from), bytes);
        bytes.push(if person.matrix == NO_MATRIX { 0 } else { WITH_MATRIX });
        if person.matrix != NO_MATRIX {
            let rows = &self.matrices[person.matrix as usize * self.stride()..][..self.classes * self.width()];
            for row in rows.chunks_exact(self.width()) {
                row.as_flattened()[..self.states()].iter().for_each(|cell| bytes.extend(cell.to_le_bytes()));
            }
        }
    }

    /// A crowd of what [`write_shared`](Self::write_shared) wrote, without operators.
    pub(crate) fn read_shared(classes: usize, reader: &mut Reader<'_>) -> Option<Self> {
        let kinds = match reader.bytes()? {
            [ALIKE] => View::Centred.kinds(),
            [EASY_AND_HARD] => View::EasyAndHard.kinds(),
            _ => return None,
        };
        let mut shared = Self::read_levels(classes, kinds, reader)?;
        shared.centre = reader.numbers(shared.base.len())?;
        shared.note_evidence(kinds);
        Some(Self::of_nobody(classes, kinds, Arc::new(shared)))
    }

    /// The same of what the release before wrote: a crowd that is not centred and does not know hard items. In place of
    /// the centring it has a correlation of votes, which is everybody's now.
    pub(crate) fn read_former(classes: usize, reader: &mut Reader<'_>) -> Option<Self> {
        let mut shared = Shared { centring: 0.0, ..Self::read_levels(classes, 1, reader)? };
        shared.note_evidence(1);
        Some(Self::of_nobody(classes, 1, Arc::new(shared)))
    }

    fn read_levels(classes: usize, kinds: usize, reader: &mut Reader<'_>) -> Option<Shared> {
        let [accuracy, accuracy_weight, centring] = reader.numbers(3)?.try_into().ok()?;
        let states = classes.checked_mul(kinds)?;
        let (prior, base) = (reader.numbers(states)?, reader.numbers(classes.checked_mul(states)?)?);
        let nothing = Shared::new(classes, kinds, Centring::Fixed(0.0));
        Some(Shared { prior, base, accuracy, accuracy_weight, centring, ..nothing })
    }

    /// Adds the operator that [`write_operator`](Self::write_operator) wrote.
    pub(crate) fn read_operator(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let numbers: [f64; 3] = reader.numbers(3)?.try_into().ok()?;
        let [right, votes, row_weight] = numbers.map(|number| number as f32);
        self.operators.push(Person { right, votes, row_weight, matrix: NO_MATRIX });
        if reader.bytes()? == [WITH_MATRIX] {
            let cells = reader.numbers(self.classes * self.states())?;
            let start = self.matrices.len();
            self.give_matrix(self.operators.len() - 1);
            let (states, width) = (self.states(), self.width());
            for (row, read) in self.matrices[start..].chunks_exact_mut(width).zip(cells.chunks_exact(states)) {
                row.as_flattened_mut().iter_mut().zip(read).for_each(|(cell, &read)| *cell = read as f32);
            }
            self.sum_matrix(start);
        }
        Some(())
    }
}
