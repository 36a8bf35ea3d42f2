//! What is odd about a set of votes: what a person should look at before believing any method.

use crate::{Alike, Estimate, Method, VoteTable, alike};

/// Learned labels that differ from counted ones on more than this share of the items are unusual. Among ten made kinds
/// of crowds that is so with four spammers of ten alone.
const FAR: f64 = 0.15;
/// Fewer votes than this on a label, or of an operator, show nothing.
const LEAST_VOTES: u32 = 100;
const LEAST_OF_OPERATOR: u32 = 10;
/// A label that gets this share of all votes is everybody's.
const EVERYBODY: f64 = 0.98;
/// The chance (as a logarithm) below which somebody who always gives one label does not do so by chance: a millionth.
const CHANCE: f64 = -13.8;

/// Something odd. Items, operators and labels are numbered as in the table.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// The labels differ from counted ones on more items than is usual: the crowd may be biased, or the method misled.
    FarFromCounting {
        /// How many items.
        items: usize,
    },
    /// Nobody has given this label.
    NobodysLabel {
        /// The label.
        label: usize,
    },
    /// Hardly anybody has given another label.
    EverybodysLabel {
        /// The label.
        label: usize,
    },
    /// An operator has given one label alone, and others give it too seldom for that to be chance.
    OneLabel {
        /// Who.
        operator: usize,
        /// The label.
        label: usize,
        /// How many votes.
        votes: u32,
    },
    /// Two operators make the same mistakes, as if one copied the other.
    Alike(Alike),
}

/// Looks at votes and at what a method made of them. One sweep, and one over pairs of votes.
#[must_use]
pub fn warnings(table: &VoteTable, estimate: &Estimate) -> Vec<Warning> {
    let counted = Method::Plurality.estimate(table, 0).labels;
    let mut found = Vec::new();
    let items = counted.iter().zip(&estimate.labels).filter(|(counted, label)| counted != label).count();
    if items as f64 > FAR * table.items() as f64 && items > 1 {
        found.push(Warning::FarFromCounting { items });
    }
    let given = table.votes_by_label();
    let votes: u32 = given.iter().sum();
    if votes >= LEAST_VOTES {
        for (label, &given) in given.iter().enumerate() {
            if given == 0 {
                found.push(Warning::NobodysLabel { label });
            } else if table.classes() > 1 && f64::from(given) >= EVERYBODY * f64::from(votes) {
                found.push(Warning::EverybodysLabel { label });
            }
        }
    }
    found.extend(one_label(table, &given));
    found.extend(alike(table).into_iter().map(Warning::Alike));
    found
}

fn one_label(table: &VoteTable, given: &[u32]) -> Vec<Warning> {
    let mut of_operator = vec![(None, 0u32, true); table.operators()];
    for (operator, label) in (0..table.items()).flat_map(|item| table.of_item(item)) {
        let (first, votes, same) = &mut of_operator[operator];
        *same &= *first.get_or_insert(label) == label;
        *votes += 1;
    }
    let all: u32 = given.iter().sum();
    let odd = of_operator.into_iter().enumerate().filter_map(|(operator, (first, votes, same))| {
        let label = first.filter(|_| same && votes >= LEAST_OF_OPERATOR)?;
        // Of all others' votes so many are for this label.
        let share = f64::from(given[label] - votes) / f64::from((all - votes).max(1));
        (f64::from(votes) * share.ln() < CHANCE).then_some(Warning::OneLabel { operator, label, votes })
    });
    odd.collect()
}
