//! Known labels that are learned from.

use labelmesh_consensus::Basis;

use crate::{
    output::counted,
    votes::{MOST_LABELS, Truth, Votes},
};

/// The known labels of items that have votes.
pub(super) struct Gold {
    names: Truth,
    /// Item and label, as the numbers that they have in the file of votes.
    pub(super) known: Vec<(u32, u32)>,
}

impl Gold {
    /// Numbers what is known. A label that nobody has given is one of the labels from then on, if there is room for it.
    pub(super) fn new(names: Truth, votes: &mut Votes) -> Self {
        let mut known = Vec::new();
        for (item, label) in &names.labels {
            let is_room = votes.labels.len() < MOST_LABELS || votes.labels.find(label).is_some();
            if let Some(item) = votes.items.find(item).filter(|_| is_room) {
                known.push((item, votes.labels.number(label)));
            }
        }
        Self { names, known }
    }

    /// Takes the items that are learned from out of those that are compared.
    pub(super) fn leave_out_of(&self, truth: &mut Truth) {
        truth.labels.retain(|item, _| !self.names.labels.contains_key(item));
    }

    /// What is worth a word: known labels that tell nothing.
    pub(super) fn note(&self, basis: Option<Basis>) -> Option<String> {
        let without_votes = (self.names.labels.len() - self.known.len()) as u64;
        if basis == Some(Basis::Usual) {
            let items = counted(self.known.len() as u64, "item");
            return Some(format!(
                "note: --gold knows {items} with votes, too few to learn from; 20 to 50 a label tell"
            ));
        }
        let have = if without_votes == 1 { "has" } else { "have" };
        (without_votes > 0).then(|| format!("note: {} of --gold {have} no votes", counted(without_votes, "item")))
    }
}
