//! What the rules answer.

use crate::probabilities::{EQUAL, largest};
use crate::{Basis, Label};

/// The final label of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The label that stands.
    pub label: Label,
    /// How sure the rule is, from 0 (excluded) to 1; the rule says what it means.
    pub confidence: f64,
    /// The labels that nothing set apart, in the task's order, the standing one among them; empty unless contested.
    pub tied: Vec<Label>,
    /// Every label with votes: the most votes first, equally many in the task's order.
    pub counts: Vec<Count>,
    /// The name of the rule, such as `plurality`.
    pub rule: &'static str,
    /// What the confidence rests on; none where the rule does not learn.
    pub basis: Option<Basis>,
}

impl Decision {
    /// Whether other labels had the same claim.
    #[must_use]
    pub fn contested(&self) -> bool {
        !self.tied.is_empty()
    }

    /// The decision for the most probable label in place of the counted one, whatever number of votes it has. Labels of
    /// equal probability are tied.
    pub(crate) fn for_most_probable(self, probabilities: &[f64], rule: &'static str, basis: Option<Basis>) -> Self {
        let top = probabilities[largest(probabilities)];
        let equal: Vec<Label> =
            (0..).map(Label).zip(probabilities).filter(|&(_, &p)| p >= top - EQUAL).map(|(l, _)| l).collect();
        // The label that plurality has stand is among the tied ones, or none of them was first.
        let label = if equal.contains(&self.label) { self.label } else { equal[0] };
        Self { label, confidence: top, tied: if equal.len() > 1 { equal } else { Vec::new() }, rule, basis, ..self }
    }
}

/// How many votes a label got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The label.
    pub label: Label,
    /// Its votes: 1 or more.
    pub votes: u32,
}
