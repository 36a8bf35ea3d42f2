//! What is odd about a set of votes: what a person should look at before believing any method.

use std::collections::HashMap;

use crate::{Estimate, Method, VoteTable};

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
/// Two operators are alike if they share so many mistakes, this share of all that either has made on the same items,
/// and more than the crowd's pairs do by so many standard deviations.
const LEAST_SHARED: u32 = 8;
const NEARLY_ALL: f64 = 0.8;
const DEVIATIONS: f64 = 5.0;
/// How many pairs of votes are looked at, beginning with the first items: enough for those who vote much.
const MOST_PAIRS: usize = 1_000_000;

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
    Alike {
        /// Who.
        operators: (usize, usize),
        /// How many mistakes are the same.
        shared: u32,
    },
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
    found.extend(alike(table));
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

/// What two operators have done on the same items.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    items: u32,
    mistakes: [u32; 2],
    shared: u32,
}

impl Pair {
    /// How many mistakes they would share if they made theirs independently.
    fn by_chance(&self) -> f64 {
        f64::from(self.mistakes[0]) * f64::from(self.mistakes[1]) / f64::from(self.items.max(1))
    }

    /// The standard deviation of a number of shared mistakes where so many are expected (hypergeometric).
    fn deviation(&self, expected: f64) -> f64 {
        let right = self.mistakes.map(|mistakes| 1.0 - f64::from(mistakes) / f64::from(self.items.max(1)));
        (expected * right[0] * right[1]).max(0.0).sqrt()
    }
}

fn alike(table: &VoteTable) -> Vec<Warning> {
    let mut pairs: HashMap<(usize, usize), Pair> = HashMap::new();
    let mut left = MOST_PAIRS;
    for item in 0..table.items() {
        let votes: Vec<(usize, usize)> = table.of_item(item).collect();
        let number = votes.len() * votes.len().saturating_sub(1) / 2;
        if number > left {
            break;
        }
        left -= number;
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for &(_, label) in &votes {
            match counts.iter_mut().find(|(counted, _)| *counted == label) {
                Some((_, count)) => *count += 1,
                None => counts.push((label, 1)),
            }
        }
        for (place, &one) in votes.iter().enumerate() {
            for &other in votes[place + 1..].iter().filter(|(other, _)| *other != one.0) {
                // No method tells who is wrong here: two who always agree convince it.
                let Some(truth) = first_of_others(&counts, [one.1, other.1]) else { continue };
                let [(one, first), (other, second)] = if one.0 < other.0 { [one, other] } else { [other, one] };
                let pair = pairs.entry((one, other)).or_default();
                pair.items += 1;
                pair.mistakes[0] += u32::from(first != truth);
                pair.mistakes[1] += u32::from(second != truth);
                pair.shared += u32::from(first != truth && first == second);
            }
        }
    }
    // Hard items make everybody share mistakes: so much more than chance is usual in this crowd.
    let sums = pairs
        .values()
        .fold((0.0, 0.0), |(shared, chance), pair| (shared + f64::from(pair.shared), chance + pair.by_chance()));
    let usual = (sums.0 / f64::max(sums.1, 1.0)).max(1.0);
    let mut odd: Vec<((usize, usize), u32)> = pairs
        .into_iter()
        .filter(|(_, pair)| {
            let (expected, shared) = (usual * pair.by_chance(), f64::from(pair.shared));
            let most = f64::from(pair.mistakes[0].max(pair.mistakes[1]));
            pair.shared >= LEAST_SHARED
                && shared >= NEARLY_ALL * most
                && shared > expected + DEVIATIONS * pair.deviation(expected)
        })
        .map(|(operators, pair)| (operators, pair.shared))
        .collect();
    odd.sort_by_key(|&(operators, shared)| (std::cmp::Reverse(shared), operators));
    odd.into_iter().map(|(operators, shared)| Warning::Alike { operators, shared }).collect()
}

/// The label with the most votes once two votes are left out; none where there is no such label.
fn first_of_others(counts: &[(usize, usize)], but: [usize; 2]) -> Option<usize> {
    let (mut first, mut most, mut is_tied) = (None, 0, false);
    for &(label, count) in counts {
        let count = count - but.iter().filter(|&&left_out| left_out == label).count();
        is_tied = if count > most { false } else { is_tied || count == most };
        if count > most {
            (first, most) = (Some(label), count);
        }
    }
    first.filter(|_| !is_tied)
}
