//! The votes of a task, gathered image by image.

use std::collections::HashMap;

use crate::{Known, Label, Operator, UnfitBallot, Vote, VoteTable};

/// All votes of a task, with the operators numbered in the order in which they turn up.
///
/// Images are not named: the first one added is item 0 of the table, the next one item 1. So a service that reads its
/// votes ordered by image needs no index of images in memory.
#[derive(Debug, Clone)]
pub struct Ledger {
    numbers: HashMap<Operator, u32>,
    operators: Vec<Operator>,
    table: VoteTable,
    known: Vec<Known>,
}

impl Ledger {
    /// A ledger without votes; `classes` is the number of labels to choose from.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self { numbers: HashMap::new(), operators: Vec::new(), table: VoteTable::empty(classes), known: Vec::new() }
    }

    /// Adds an image with its votes, in the order in which they came.
    ///
    /// # Errors
    /// If a vote's label is not one of the task's; then nothing is added.
    pub fn add_item(&mut self, votes: &[Vote]) -> Result<(), UnfitBallot> {
        if let Some(position) = votes.iter().position(|vote| usize::from(vote.label.0) >= self.table.classes()) {
            return Err(UnfitBallot { position });
        }
        for &Vote { operator, label: Label(label) } in votes {
            let next = self.operators.len() as u32;
            let number = *self.numbers.entry(operator).or_insert(next);
            if number == next {
                self.operators.push(operator);
            }
            self.table.push(number, label);
        }
        self.table.end_item();
        Ok(())
    }

    /// Adds an image whose label is known: gold, with operators' answers on it.
    ///
    /// # Errors
    /// If the label or one of an answer is not one of the task's; then nothing is added.
    pub fn add_known(&mut self, answers: &[Vote], label: Label) -> Result<(), UnfitBallot> {
        if usize::from(label.0) >= self.table.classes() {
            return Err(UnfitBallot { position: answers.len() });
        }
        let item = u32::try_from(self.table.items()).unwrap_or(u32::MAX);
        self.add_item(answers)?;
        self.known.push(Known { item, label: label.0 });
        Ok(())
    }

    /// The items whose label is known, in their order.
    #[must_use]
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// The votes, for any [`Method`](crate::Method).
    #[must_use]
    pub fn table(&self) -> &VoteTable {
        &self.table
    }

    /// Who is behind each operator's number in the table.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }
}
