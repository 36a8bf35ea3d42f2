//! What a method answers.

use crate::probabilities::most_probable;
use crate::{Basis, Decision, Vote, VoteTable, plurality};

/// The labels a method found, how sure it is, and what it learned of the operators.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// How many labels there are to choose from.
    pub classes: usize,
    /// The label of each item: the most probable one. Of equally probable ones it is the one with the most votes in the
    /// whole set, and of those the first, so that the order in which votes came decides nothing.
    pub labels: Vec<u16>,
    /// The probability of each label of each item, item by item; the probabilities of an item sum to 1.
    pub probabilities: Vec<f64>,
    /// What is known of each operator.
    pub operators: Vec<Reliability>,
    /// How hard each item is, where the method has a notion of it: 1 is usual, more is harder.
    pub difficulty: Option<Vec<f64>>,
    /// How often the method went through all votes.
    pub sweeps: u32,
    /// What the probabilities rest on; none where the method claims nothing for them.
    pub basis: Option<Basis>,
}

/// How far an operator can be relied on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// How many votes this rests on.
    pub votes: u32,
    /// The expected share of right votes, 0 to 1.
    pub accuracy: f64,
    /// The standard error of `accuracy`: few votes, much doubt.
    pub standard_error: f64,
}

impl Reliability {
    /// What `right` of `votes` (expected numbers) tell, with a Beta prior worth `weight` votes of accuracy `mean`.
    pub(crate) fn from_counts(right: f64, votes: u32, mean: f64, weight: f64) -> Self {
        let seen = f64::from(votes) + weight;
        let accuracy = ((right + mean * weight) / seen).clamp(0.0, 1.0);
        Self { votes, accuracy, standard_error: (accuracy * (1.0 - accuracy) / (seen + 1.0)).sqrt() }
    }
}

impl Estimate {
    /// Takes the most probable labels and counts how often each operator is expected to be right.
    pub(crate) fn of(table: &VoteTable, probabilities: Vec<f64>, sweeps: u32) -> Self {
        let labels = most_probable(&probabilities, &table.votes_by_label());
        let operators = reliabilities(table, &probabilities);
        Self { classes: table.classes(), labels, probabilities, operators, difficulty: None, sweeps, basis: None }
    }

    /// The probabilities of one item's labels.
    ///
    /// # Panics
    /// If there is no such item.
    #[must_use]
    pub fn of_item(&self, item: usize) -> &[f64] {
        &self.probabilities[item * self.classes..(item + 1) * self.classes]
    }

    /// Decides an item for its most probable label; `None` where it has no `votes`, which are those it was estimated
    /// from. Labels of equal probability are tied, and among them the one stands that plurality would have stand.
    ///
    /// # Panics
    /// If there is no such item.
    #[must_use]
    pub fn decide(&self, item: usize, votes: &[Vote], rule: &'static str) -> Option<Decision> {
        Some(plurality(votes)?.for_most_probable(self.of_item(item), rule, self.basis))
    }

    /// The probability of the label that an item got.
    ///
    /// # Panics
    /// If there is no such item.
    #[must_use]
    pub fn confidence(&self, item: usize) -> f64 {
        self.of_item(item)[usize::from(self.labels[item])]
    }
}

/// Each operator's accuracy under these probabilities, with one vote right and one wrong as the prior.
fn reliabilities(table: &VoteTable, probabilities: &[f64]) -> Vec<Reliability> {
    let right = expected_right(table, probabilities);
    right
        .into_iter()
        .zip(table.votes_by_operator())
        .map(|(right, votes)| Reliability::from_counts(right, votes, 0.5, 2.0))
        .collect()
}

/// How many of each operator's votes are expected to be right.
pub(crate) fn expected_right(table: &VoteTable, probabilities: &[f64]) -> Vec<f64> {
    let mut right = vec![0.0; table.operators()];
    for (item, row) in probabilities.chunks_exact(table.classes()).enumerate() {
        for (operator, label) in table.of_item(item) {
            right[operator] += row[label];
        }
    }
    right
}
