//! Pairs of operators who agree far beyond what their accuracies explain: one person with two accounts, or two who ask
//! each other.
//!
//! Agreement alone shows nothing: two who are nearly always right agree nearly always. Those who are independent share
//! no more mistakes than their rates of mistakes make likely, and that is what is looked at. It is told from the votes
//! themselves. Whatever weighs votes is no judge of it: two who always agree convince it.

use std::collections::{HashMap, HashSet};

use crate::VoteTable;

/// Two operators are alike if they share so many mistakes, this share of all that either has made on the same items,
/// and more than the crowd's pairs do by so many standard deviations.
const LEAST_SHARED: u32 = 8;
const NEARLY_ALL: f64 = 0.8;
const DEVIATIONS: f64 = 5.0;
/// How many pairs are looked at closely.
const MOST_SUSPECTS: usize = 20;
/// How many pairs of votes are looked at, beginning with the first items: enough for those who vote much.
const MOST_PAIRS: usize = 1_000_000;

/// Two operators who make the same mistakes, numbered as in the table. A mistake is a label that differs from the one
/// that most of the others have given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Who; the lower number first.
    pub operators: (usize, usize),
    /// On how many items both have voted where most of the others agree.
    pub items: u32,
    /// How many mistakes each of the two has made there.
    pub mistakes: [u32; 2],
    /// How many of them are the same.
    pub shared: u32,
    /// How many they would share if they voted independently, and as alike as is usual in this crowd.
    pub expected: f64,
}

/// The pairs that share nearly all of their mistakes and many more than by chance, those with the most first.
///
/// Who votes twice spoils what is known of everybody: others seem to err where the two outvote them, and to err
/// together. So a pair is compared with the crowd without its second operator, and once it is found that operator is
/// left out of everything else. Of three who are one person two pairs are told. One sweep over pairs of votes, and
/// another for each pair that is looked at.
///
/// An item needs a third vote: pairs who decide everything between them, or together with a third of theirs, are not
/// found.
#[must_use]
pub fn alike(table: &VoteTable) -> Vec<Alike> {
    let (mut left_out, mut innocent, mut found) = (HashSet::new(), HashSet::new(), Vec::new());
    let mut all = pairs(table, &left_out);
    for _ in 0..MOST_SUSPECTS {
        let Some((operators, pair)) = most_suspect(&all, &innocent) else { break };
        let mut others = left_out.clone();
        others.insert(operators.1);
        let rest = pairs(table, &others);
        let expected = usual(&rest) * pair.by_chance();
        if pair.is_beyond(expected) {
            found.push(Alike { operators, items: pair.items, mistakes: pair.mistakes, shared: pair.shared, expected });
            (left_out, all) = (others, rest);
        } else {
            innocent.insert(operators);
        }
    }
    found.sort_by_key(|pair| (std::cmp::Reverse(pair.shared), pair.operators));
    found
}

/// The pair that is the furthest beyond chance, of those that are.
fn most_suspect(
    pairs: &HashMap<(usize, usize), Pair>,
    innocent: &HashSet<(usize, usize)>,
) -> Option<((usize, usize), Pair)> {
    let suspects =
        pairs.iter().filter(|(operators, pair)| pair.is_beyond(pair.by_chance()) && !innocent.contains(operators));
    let suspects = suspects.map(|(&operators, &pair)| (operators, pair));
    // Of equal ones the first, so that the answer does not depend on how the map is laid out.
    suspects.max_by(|(one, first), (other, second)| first.beyond().total_cmp(&second.beyond()).then(other.cmp(one)))
}

/// How many times as many mistakes as by chance pairs share: hard items make everybody share some.
fn usual(pairs: &HashMap<(usize, usize), Pair>) -> f64 {
    let sums = pairs
        .values()
        .fold((0.0, 0.0), |(shared, chance), pair| (shared + f64::from(pair.shared), chance + pair.by_chance()));
    (sums.0 / f64::max(sums.1, 1.0)).max(1.0)
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

    /// By how many standard deviations they share more than by chance.
    fn beyond(&self) -> f64 {
        let expected = self.by_chance();
        (f64::from(self.shared) - expected) / self.deviation(expected).max(f64::MIN_POSITIVE)
    }

    /// Whether they share nearly all of their mistakes, and many more than are expected.
    fn is_beyond(&self, expected: f64) -> bool {
        let (shared, most) = (f64::from(self.shared), f64::from(self.mistakes[0].max(self.mistakes[1])));
        self.shared >= LEAST_SHARED
            && shared >= NEARLY_ALL * most
            && shared > expected + DEVIATIONS * self.deviation(expected)
    }

    /// The standard deviation of a number of shared mistakes where so many are expected (hypergeometric).
    fn deviation(&self, expected: f64) -> f64 {
        let right = self.mistakes.map(|mistakes| 1.0 - f64::from(mistakes) / f64::from(self.items.max(1)));
        (expected * right[0] * right[1]).max(0.0).sqrt()
    }
}

/// What each two operators have done, without those that are left out.
fn pairs(table: &VoteTable, left_out: &HashSet<usize>) -> HashMap<(usize, usize), Pair> {
    let mut pairs: HashMap<(usize, usize), Pair> = HashMap::new();
    let mut left = MOST_PAIRS;
    for item in 0..table.items() {
        let votes: Vec<_> = table.of_item(item).filter(|(operator, _)| !left_out.contains(operator)).collect();
        let number = votes.len() * votes.len().saturating_sub(1) / 2;
        if number > left {
            break;
        }
        left -= number;
        let counts = counts(&votes);
        for (place, &one) in votes.iter().enumerate() {
            for &other in votes[place + 1..].iter().filter(|(other, _)| *other != one.0) {
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
    pairs
}

/// How many votes each label of an item has.
fn counts(votes: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for &(_, label) in votes {
        match counts.iter_mut().find(|(counted, _)| *counted == label) {
            Some((_, count)) => *count += 1,
            None => counts.push((label, 1)),
        }
    }
    counts
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
