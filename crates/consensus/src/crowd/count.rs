//! What items teach of the operators: expected votes by label and state.

use super::{Crowd, LANES, Lanes, NO_MATRIX};
use crate::{Known, VoteTable};

impl Crowd {
    /// Counts all votes of a table anew under these probabilities of the states. Items whose label is known, sorted,
    /// tell nothing of how common classes are, because somebody has chosen them. The numbers of votes and their shares
    /// stay, since they don't depend on probabilities.
    pub(crate) fn count_all(&mut self, table: &VoteTable, truth: &[Lanes], known: &[Known]) {
        self.items.fill(0.0);
        self.community.fill(0.0);
        self.matrices.fill([0.0; LANES]);
        self.operators.iter_mut().for_each(|person| person.right = 0.0);
        // Loops of a known length are written out by the compiler.
        match self.width() {
            1 => self.count_votes(1, table, truth),
            2 => self.count_votes(2, table, truth),
            width => self.count_votes(width, table, truth),
        }
        self.sum_up();
        let mut known = known.iter().map(|known| known.item as usize).peekable();
        for (item, row) in truth.chunks_exact(self.width()).enumerate() {
            if known.next_if_eq(&item).is_none() && table.votes_of_item(item) > 0 {
                add(&mut self.items, row, 1.0);
            }
        }
    }

    #[expect(clippy::inline_always, reason = "the width is a constant where it is inlined")]
    #[inline(always)]
    fn count_votes(&mut self, width: usize, table: &VoteTable, truth: &[Lanes]) {
        let (kinds, states, stride) = (self.kinds, self.states(), (self.classes + 1) * width);
        for (item, row) in truth.chunks_exact(width).enumerate() {
            for (operator, label) in table.of_item(item) {
                let person = &mut self.operators[operator];
                if person.matrix == NO_MATRIX {
                    person.right += row.as_flattened()[label * kinds..][..kinds].iter().sum::<f32>();
                    add(&mut self.community[label * states..][..states], row, 1.0);
                } else {
                    let seen = &mut self.matrices[person.matrix as usize * stride + label * width..][..width];
                    for (seen, row) in seen.iter_mut().zip(row) {
                        seen.iter_mut().zip(row).for_each(|(seen, value)| *seen += value);
                    }
                }
            }
        }
    }

    /// Sums the matrices up: by state, for their operators, and for the crowd.
    fn sum_up(&mut self) {
        let (kinds, states, width) = (self.kinds, self.states(), self.width());
        for operator in 0..self.operators.len() {
            let matrix = self.operators[operator].matrix;
            if matrix == NO_MATRIX {
                continue;
            }
            let start = matrix as usize * self.stride();
            self.sum_matrix(start);
            let rows = self.matrices[start..][..self.classes * width].chunks_exact(width);
            let mut right = 0.0;
            for (label, row) in rows.enumerate() {
                add(&mut self.community[label * states..][..states], row, 1.0);
                right += row.as_flattened()[label * kinds..][..kinds].iter().sum::<f32>();
            }
            self.operators[operator].right = right;
        }
    }

    /// Counts the votes by state of the matrix that starts here.
    pub(super) fn sum_matrix(&mut self, start: usize) {
        let (width, end) = (self.width(), start + self.stride());
        let (cells, totals) = self.matrices[start..end].split_at_mut(self.classes * width);
        let totals = totals.as_flattened_mut();
        totals.fill(0.0);
        for row in cells.chunks_exact(width) {
            totals.iter_mut().zip(row.as_flattened()).for_each(|(total, seen)| *total += seen);
        }
    }

    /// Notes how items' votes are shared among labels, but for items whose label is known.
    pub(crate) fn note_shares(&mut self, table: &VoteTable, known: &[Known]) {
        let mut known = known.iter().map(|known| known.item as usize).peekable();
        for item in 0..table.items() {
            if known.next_if_eq(&item).is_none() {
                let share = 1.0 / table.votes_of_item(item) as f64;
                table.of_item(item).for_each(|(_, label)| self.shares[label] += share);
            }
        }
    }

    /// Puts one item's contribution in (`sign` 1) or takes it out (`sign` -1), in step with all else that is counted.
    pub(crate) fn count(&mut self, votes: impl Iterator<Item = (usize, usize)> + Clone, truth: &[Lanes], sign: f32) {
        let (kinds, states, width, stride) = (self.kinds, self.states(), self.width(), self.stride());
        let share = f64::from(sign) / votes.clone().count().max(1) as f64;
        add(&mut self.items, truth, sign);
        let truth_of_states = truth.as_flattened();
        for (operator, label) in votes {
            self.shares[label] += share;
            add(&mut self.community[label * states..][..states], truth, sign);
            let person = &mut self.operators[operator];
            person.right += sign * truth_of_states[label * kinds..][..kinds].iter().sum::<f32>();
            person.votes += sign;
            if person.matrix != NO_MATRIX {
                let matrix = self.matrices[person.matrix as usize * stride..][..stride].as_flattened_mut();
                let (cells, totals) = matrix.split_at_mut(self.classes * width * LANES);
                let cells = &mut cells[label * width * LANES..];
                for ((cell, total), &value) in cells.iter_mut().zip(totals).zip(truth_of_states) {
                    *cell += sign * value;
                    *total += sign * value;
                }
            }
        }
    }
}

/// Adds a row by state to counts, or takes it away.
fn add(to: &mut [f64], row: &[Lanes], sign: f32) {
    to.iter_mut().zip(row.as_flattened()).for_each(|(to, value)| *to += f64::from(sign * value));
}
