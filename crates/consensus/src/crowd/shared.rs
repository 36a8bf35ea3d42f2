//! What all operators have in common, derived from the counts now and then, because it changes slowly.

use std::sync::Arc;

use super::evidence::Evidence;
use super::{Centring, Crowd, fit};
use crate::probabilities::normalise;

/// How far the crowd's confusion is taken back before anybody's matrix has been compared with it.
const FIRST_CENTRING: f64 = 0.5;
/// No probability of the crowd's matrix is further than this from 0 and 1.
const NEVER: f64 = 1e-6;
/// The least and the most accuracy of a crowd without confusion: a little more than guessing, and never certain.
const MORE_THAN_GUESSING: f64 = 0.02;
const MOST_ACCURATE: f64 = 0.995;

#[derive(Debug, Clone)]
pub(super) struct Shared {
    /// The probability of each state.
    pub(super) prior: Vec<f64>,
    /// The crowd's probability of a label given the state, by label, then state.
    pub(super) base: Vec<f64>,
    /// What centring makes of a vote's evidence: a factor by label, then state.
    pub(super) centre: Vec<f64>,
    /// The same in the form in which votes are weighed.
    pub(super) evidence: Evidence,
    /// The crowd's accuracy.
    pub(super) accuracy: f64,
    /// How many votes the crowd's accuracy is worth against an operator's own.
    pub(super) accuracy_weight: f64,
    /// How common each of [`fit::WEIGHTS`] is as the worth of a row.
    pub(super) row_weights: [f64; fit::WEIGHTS.len()],
    /// How far the crowd's confusion is taken back, 0 to 1.
    pub(super) centring: f64,
}

impl Shared {
    pub(super) fn new(classes: usize, kinds: usize, centring: Centring) -> Self {
        let states = classes * kinds;
        Self {
            prior: vec![1.0 / states as f64; states],
            base: vec![0.0; classes * states],
            centre: vec![1.0; classes * states],
            evidence: Evidence::default(),
            accuracy: 0.0,
            accuracy_weight: 4.0,
            row_weights: [1.0 / fit::WEIGHTS.len() as f64; fit::WEIGHTS.len()],
            centring: match centring {
                Centring::ByLikeness => FIRST_CENTRING,
                Centring::Fixed(share) => share,
            },
        }
    }

    pub(super) fn numbers(&self) -> usize {
        self.prior.len() + 5 * self.base.len() / 2 + self.centre.len()
    }

    /// The crowd's probability of being right about an item in this state.
    pub(super) fn right(&self, state: usize, kinds: usize) -> f64 {
        self.base[state / kinds * self.prior.len() + state]
    }

    /// Notes what votes are weighed by.
    pub(super) fn note_evidence(&mut self, kinds: usize) {
        self.evidence = Evidence::new(self, kinds);
    }
}

impl Crowd {
    /// Derives what all operators share from the counts.
    pub(crate) fn refresh(&mut self) {
        let prior = self.prior();
        let (k, kinds, states) = (self.classes, self.kinds, self.states());
        let votes: f64 = self.community.iter().sum();
        let right: f64 = (0..states).map(|state| self.community[state / kinds * states + state]).sum();
        // Two votes' worth of belief that people are right more often than not, before there are any.
        let accuracy = ((right.max(0.0) + 1.5) / (votes.max(0.0) + 2.0)).clamp(0.01, 0.99);
        let wrong = (1.0 - accuracy) / (k.max(2) - 1) as f64;
        let shared = Arc::make_mut(&mut self.shared);
        (shared.prior, shared.accuracy) = (prior, accuracy);
        for state in 0..states {
            let seen = |label: usize| self.community[label * states + state].max(0.0);
            let total: f64 = (0..k).map(seen).sum();
            for label in 0..k {
                let even = if label == state / kinds { accuracy } else { wrong };
                let probability = (seen(label) + k as f64 * even) / (total + k as f64);
                shared.base[label * states + state] = probability.clamp(NEVER, 1.0 - NEVER);
            }
        }
        self.centre();
    }

    /// The probability of each state. Classes are as common as they were found, with as many items again in the shares
    /// of the votes (the empirical prior of Li, Rubinstein and Cohn 2019, "Exploiting worker correlation for label
    /// aggregation in crowdsourcing"; .3 to 3 times as many make no difference). One item is added to each class for
    /// its kinds.
    fn prior(&self) -> Vec<f64> {
        let kinds = self.kinds;
        let mut classes: Vec<f64> = self.items.chunks_exact(kinds).map(|found| found.iter().sum()).collect();
        let found = classes.clone();
        classes.iter_mut().zip(&self.shares).for_each(|(class, share)| *class += share.max(0.0));
        normalise(&mut classes);
        let of_kind = |state: usize| {
            let (items, class) = (self.items[state].max(0.0), found[state / kinds].max(0.0));
            (items + 1.0 / kinds as f64) / (class + 1.0)
        };
        (0..self.states()).map(|state| classes[state / kinds] * of_kind(state)).collect()
    }

    /// Centring: of what a vote says, the part that all operators share is replaced by that of a crowd without
    /// confusion, by the share `centring`. What sets an operator apart from the crowd stays.
    pub(super) fn centre(&mut self) {
        let (k, kinds, states) = (self.classes, self.kinds, self.states());
        let centring = self.shared.centring;
        let shared = Arc::make_mut(&mut self.shared);
        if centring == 0.0 {
            shared.centre.fill(1.0);
        }
        for kind in (0..kinds).filter(|_| centring > 0.0) {
            let of_kind = || (0..k).map(|class| class * kinds + kind);
            let right: f64 = of_kind().map(|state| self.community[state / kinds * states + state].max(0.0)).sum();
            let all: f64 = of_kind()
                .flat_map(|state| (0..k).map(move |label| label * states + state))
                .map(|at| self.community[at].max(0.0))
                .sum();
            let least = 1.0 / k as f64 + MORE_THAN_GUESSING;
            let accuracy = ((right + 1.5) / (all + 2.0)).max(least).min(MOST_ACCURATE);
            let wrong = (1.0 - accuracy) / (k.max(2) - 1) as f64;
            for state in of_kind() {
                for label in 0..k {
                    let flat = if label == state / kinds { accuracy } else { wrong };
                    let at = label * states + state;
                    shared.centre[at] = (flat / shared.base[at]).powf(centring);
                }
            }
        }
        shared.note_evidence(kinds);
    }
}
