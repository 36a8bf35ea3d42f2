//! One answer of two crowds and the plain shares of the votes.
//!
//! Which view of the crowd is true can't be told from the votes: what explains them best may be a mistake that people
//! share. So none is chosen, and none is believed wholly. In a logarithmic pool (Genest and Zidek 1986, "Combining
//! probability distributions") who is sure is heard, but nobody alone makes anything certain. Everything here follows
//! from an item's own votes, so nothing of it has to be learned or kept.

use crate::Reliability;
use crate::crowd::{Crowd, round};
use crate::probabilities::{EQUAL, largest, normalise};

/// No crowd is believed to hold a label for less probable than this.
const NEVER: f64 = 1e-9;
/// So many votes are added to an item's, in even parts, before their shares are taken.
const ADDED_VOTES: f64 = 0.5;
/// A label that may not stand is shown below the one that stands by this share of it.
const BELOW: f64 = 1e-6;

/// How voices are pooled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pool {
    /// How far two votes on an item err together. n votes are worth n / (1 + correlation (n - 1)), the design effect of
    /// cluster sampling (Kish 1965, "Survey sampling").
    pub(crate) correlation: f64,
    /// How loud the shares of the votes are; the crowds have the rest.
    pub(crate) shares: f64,
    /// How loud the crowd with easy and hard items is against the other: 1 (the same) or 0.
    pub(crate) hard_items: f64,
    /// The share of cases in which everything above is taken to be wrong, and half of it in which even the votes say
    /// nothing.
    pub(crate) doubt: f64,
    /// How many times as probable a label must be to stand before the one with the most votes.
    pub(crate) margin: f64,
}

impl Pool {
    /// What suits crowds of which nothing but votes is known. On eleven recorded sets, with a range of each:
    ///
    /// - a correlation of .1 to .3 makes the usual crowd's probabilities true; what would make each set's own true is
    ///   .05 to .3, and .2 is their middle. (With none, "sure" is right in nine of ten.)
    /// - shares of .2 to .4 lose nothing in accuracy; with .2 crowds that know better are heard.
    /// - a doubt of .05 costs nothing where probabilities are true, and takes the worst from where they are not.
    /// - a margin of 1.1 still loses to counting on crowds whose errors belong to the items, 1.5 gives away what was
    ///   learned; at 1.25 neither is to be seen.
    pub(crate) const USUAL: Self = Self { correlation: 0.2, shares: 0.2, hard_items: 1.0, doubt: 0.05, margin: 1.25 };

    /// The settings as numbers.
    pub(crate) fn numbers(&self) -> [f64; 5] {
        [self.correlation, self.shares, self.hard_items, self.doubt, self.margin]
    }

    pub(crate) fn from_numbers([correlation, shares, hard_items, doubt, margin]: [f64; 5]) -> Self {
        Self { correlation, shares, hard_items, doubt, margin }
    }

    /// The settings as they are when they were written and read.
    pub(crate) fn rounded(&self) -> Self {
        let mut numbers = self.numbers();
        numbers.iter_mut().for_each(round);
        Self::from_numbers(numbers)
    }

    /// Pools what crowds say of an item (the probabilities of its labels) with the shares of its votes. `counts` has
    /// the item's votes by label and `given` those of the whole set.
    ///
    /// A label without a vote can't stand, since what workers do unusually collects in a label that hardly anybody
    /// gives. A label that is not clearly more probable than the one with the most votes does not displace it: both are
    /// held for equally probable. The label that stands is the most probable one of the answer.
    pub(crate) fn of(&self, opinions: [&[f64]; 2], counts: &[f64], given: &[f64], pooled: &mut [f64]) {
        let (votes, k) = (counts.iter().sum::<f64>(), counts.len() as f64);
        let share = |label: usize| (counts[label] + ADDED_VOTES) / (votes + ADDED_VOTES * k);
        let exponent = worth_of_a_vote(self.correlation, votes);
        let voice = (1.0 - self.shares) / (1.0 + self.hard_items) * exponent;
        for (label, value) in pooled.iter_mut().enumerate() {
            let [crowd, hard_items] = opinions.map(|opinion| opinion[label].max(NEVER).ln());
            let crowds = crowd + self.hard_items * hard_items;
            *value = voice * crowds + self.shares * share(label).ln();
        }
        let most = pooled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        pooled.iter_mut().for_each(|value| *value = (*value - most).exp());
        normalise(pooled);
        for (label, value) in pooled.iter_mut().enumerate() {
            *value = (1.0 - self.doubt) * *value + self.doubt * 0.5 * (share(label) + 1.0 / k);
        }
        if votes > 0.0 {
            self.stand(counts, votes, given, pooled);
        }
    }

    /// The margin for an item with so many votes. It is meant for evidence that is tempered as usual. Another
    /// correlation makes probabilities sharper or duller, and tells nothing of which label is right.
    fn margin_with(&self, votes: f64) -> f64 {
        let usual = worth_of_a_vote(Self::USUAL.correlation, votes);
        self.margin.powf(worth_of_a_vote(self.correlation, votes) / usual)
    }

    /// Sees to it that the label which stands is the most probable one.
    fn stand(&self, counts: &[f64], votes: f64, given: &[f64], pooled: &mut [f64]) {
        let counted = first_of(counts, given, 0.0);
        let voted: Vec<f64> = pooled.iter().zip(counts).map(|(&p, &votes)| if votes > 0.0 { p } else { 0.0 }).collect();
        let mut standing = first_of(&voted, given, EQUAL);
        let mut rival = None;
        if standing != counted && pooled[standing] < self.margin_with(votes) * pooled[counted] {
            let both = (pooled[standing] + pooled[counted]) / 2.0;
            (pooled[standing], pooled[counted]) = (both, both);
            rival = Some(standing);
            standing = counted;
        }
        let top = pooled[standing];
        for label in (0..pooled.len()).filter(|&label| label != standing) {
            // Labels with votes that are as probable are tied with it; no other may show as much.
            if pooled[label] > top + EQUAL
                || rival == Some(label)
                || counts[label] == 0.0 && pooled[label] > top - EQUAL
            {
                pooled[label] = pooled[label].min(top * (1.0 - BELOW));
            }
        }
        normalise(pooled);
    }
}

/// What each of so many votes is worth if they err together so far.
fn worth_of_a_vote(correlation: f64, votes: f64) -> f64 {
    1.0 / (1.0 + correlation * (votes - 1.0).max(0.0))
}

/// The largest value's label; of those within `equal` of it the one with the most votes in the whole set, and of those
/// the first.
fn first_of(values: &[f64], given: &[f64], equal: f64) -> usize {
    let least = values[largest(values)] - equal;
    let mut first = None;
    for label in (0..values.len()).filter(|&label| values[label] >= least) {
        if first.is_none_or(|before: usize| given[label] > given[before]) {
            first = Some(label);
        }
    }
    first.unwrap_or(0)
}

/// An item's votes by label.
pub(crate) fn count(votes: impl Iterator<Item = (usize, usize)>, counts: &mut [f64]) {
    counts.fill(0.0);
    votes.for_each(|(_, label)| counts[label] += 1.0);
}

/// How far an operator can be relied on: what the crowds say on average.
pub(crate) fn reliability<'a>(crowds: impl Iterator<Item = &'a Crowd>, operator: usize) -> Reliability {
    let (mut sum, mut number) = (Reliability { votes: 0, accuracy: 0.0, standard_error: 0.0 }, 0.0);
    for known in crowds.map(|crowd| crowd.reliability(operator)) {
        sum.votes = known.votes;
        sum.accuracy += known.accuracy;
        sum.standard_error += known.standard_error;
        number += 1.0;
    }
    Reliability { accuracy: sum.accuracy / number, standard_error: sum.standard_error / number, ..sum }
}
