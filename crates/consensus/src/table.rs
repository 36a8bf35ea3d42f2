//! Recorded votes, laid out for sweeps over them.

use std::ops::Range;

/// One recorded vote; every number counts from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ballot {
    /// Which image.
    pub item: u32,
    /// Who voted.
    pub operator: u32,
    /// For which label.
    pub label: u16,
}

/// All votes of a set, grouped by item, in the order in which they came.
///
/// Flat and sparse: 6 bytes a vote and 8 an item, however few of the items an operator has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteTable {
    operators: usize,
    classes: usize,
    /// Where each item's votes begin; one more than there are items.
    starts: Vec<usize>,
    operator: Vec<u32>,
    label: Vec<u16>,
}

/// How large a set of votes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many items there are.
    pub items: u64,
    /// How many votes.
    pub votes: u64,
    /// How many operators.
    pub operators: u64,
    /// How many labels there are to choose from.
    pub classes: u64,
}

/// A vote that names an item, an operator or a label beyond the numbers given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitBallot {
    /// Its position among the votes, from 0.
    pub position: usize,
}

impl std::fmt::Display for UnfitBallot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "vote {} names an item, operator or label that is out of range", self.position)
    }
}

impl std::error::Error for UnfitBallot {}

impl VoteTable {
    /// Groups `ballots` by item. Votes of one item keep their order.
    ///
    /// # Errors
    /// If a vote names something not below `items`, `operators` or `classes`.
    pub fn new(items: usize, operators: usize, classes: usize, ballots: &[Ballot]) -> Result<Self, UnfitBallot> {
        let mut starts = vec![0usize; items + 1];
        for (position, ballot) in ballots.iter().enumerate() {
            let fits = (ballot.item as usize) < items
                && (ballot.operator as usize) < operators
                && usize::from(ballot.label) < classes;
            if !fits {
                return Err(UnfitBallot { position });
            }
            starts[ballot.item as usize + 1] += 1;
        }
        for item in 0..items {
            starts[item + 1] += starts[item];
        }
        let mut next = starts.clone();
        let mut operator = vec![0; ballots.len()];
        let mut label = vec![0; ballots.len()];
        for ballot in ballots {
            let place = next[ballot.item as usize];
            operator[place] = ballot.operator;
            label[place] = ballot.label;
            next[ballot.item as usize] += 1;
        }
        Ok(Self { operators, classes, starts, operator, label })
    }

    /// The same table with each item's votes sorted by operator and label, so that no sum depends on the order in which
    /// they came.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let mut votes: Vec<(u32, u16)> = Vec::new();
        for item in 0..self.items() {
            let range = self.range_of_item(item);
            votes.clear();
            votes.extend(range.clone().map(|place| (self.operator[place], self.label[place])));
            votes.sort_unstable();
            for (place, &(operator, label)) in range.zip(&votes) {
                self.operator[place] = operator;
                self.label[place] = label;
            }
        }
        self
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> Size {
        Size {
            items: self.items() as u64,
            votes: self.votes() as u64,
            operators: self.operators as u64,
            classes: self.classes as u64,
        }
    }

    /// A table without items, to be filled one item after another.
    pub(crate) fn empty(classes: usize) -> Self {
        Self { operators: 0, classes, starts: vec![0], operator: Vec::new(), label: Vec::new() }
    }

    /// Adds a vote to the item that is being filled; the label is one of the classes.
    pub(crate) fn push(&mut self, operator: u32, label: u16) {
        self.operators = self.operators.max(operator as usize + 1);
        self.operator.push(operator);
        self.label.push(label);
    }

    /// Ends the item that was being filled.
    pub(crate) fn end_item(&mut self) {
        self.starts.push(self.operator.len());
    }

    /// How many items there are, those without votes included.
    #[must_use]
    pub fn items(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many operators there are.
    #[must_use]
    pub fn operators(&self) -> usize {
        self.operators
    }

    /// How many labels there are to choose from.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many votes there are.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.operator.len()
    }

    /// Where the votes of one item are among all votes.
    pub(crate) fn range_of_item(&self, item: usize) -> Range<usize> {
        self.starts[item]..self.starts[item + 1]
    }

    /// The votes of these items, as far as there are so many: operator and label of each.
    pub(crate) fn of_items(&self, items: Range<usize>) -> impl Iterator<Item = (usize, usize)> + Clone + '_ {
        let range = self.starts[items.start.min(self.items())]..self.starts[items.end.min(self.items())];
        let labels = self.label[range.clone()].iter().map(|&label| usize::from(label));
        self.operator[range].iter().map(|&operator| operator as usize).zip(labels)
    }

    /// The votes of one item as (operator, label), in the order in which they came.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn of_item(&self, item: usize) -> impl Iterator<Item = (usize, usize)> + Clone + '_ {
        let range = self.range_of_item(item);
        self.operator[range.clone()]
            .iter()
            .zip(&self.label[range])
            .map(|(&operator, &label)| (operator as usize, usize::from(label)))
    }

    /// How many votes one item has.
    ///
    /// # Panics
    /// If there is no such item.
    #[must_use]
    pub fn votes_of_item(&self, item: usize) -> usize {
        self.range_of_item(item).len()
    }

    /// How many votes each label got.
    pub(crate) fn votes_by_label(&self) -> Vec<u32> {
        let mut votes = vec![0; self.classes];
        for &label in &self.label {
            votes[usize::from(label)] += 1;
        }
        votes
    }

    /// The same as numbers that can be compared with probabilities.
    pub(crate) fn given(&self) -> Vec<f64> {
        self.votes_by_label().into_iter().map(f64::from).collect()
    }

    /// How many votes each operator cast.
    #[must_use]
    pub fn votes_by_operator(&self) -> Vec<u32> {
        let mut votes = vec![0; self.operators];
        for &operator in &self.operator {
            votes[operator as usize] += 1;
        }
        votes
    }
}
