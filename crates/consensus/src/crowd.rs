//! What `auto` knows of a crowd: expected counts from which every probability follows.
//!
//! The counts are those of the expected truth. To judge an item its own contribution is taken out first, so no vote
//! vouches for itself; afterwards the new one is put in. (Collapsed variational inference of order zero: Asuncion et
//! al. 2009, "On smoothing and inference for topic models", here on the model of Dawid and Skene 1979.)

mod bytes;
mod fit;

pub(crate) use bytes::Reader;
pub(crate) use fit::Dispersion;

use std::sync::Arc;

use crate::Reliability;
use crate::probabilities::normalise;

/// Marks an operator without a confusion matrix.
const NO_MATRIX: u32 = u32::MAX;
/// What a row of the shifted matrix is worth before anything is known.
const FIRST_ROW_WEIGHT: f64 = 16.0;
/// How many items are added to those found of each class: without them, a few votes of mediocre voters are best
/// explained by one class for all.
const EVEN_ITEMS: f64 = 200.0;
/// Where errors are even, fewer items are added once there are more than this many for each class: their votes tell how
/// common the classes are.
const FEW_ITEMS: f64 = 200.0;
/// Then these are added too, so many times the classes, in the shares that the votes give them.
const VOTED_ITEMS: f64 = 5.0;

/// Expected counts, and what is shared by all operators.
///
/// Three levels say how an operator votes on an item of class k. The whole crowd has one confusion matrix. An
/// operator's own accuracy shifts the odds of being right in it. Who has K^2 / 4 votes or more has a matrix too, drawn
/// towards this shifted one. How strongly each level is drawn to the one above is learned from the votes.
#[derive(Debug, Clone)]
pub(crate) struct Crowd {
    classes: usize,
    errors: Errors,
    /// Expected items by class.
    class: Vec<f64>,
    /// Expected votes by label, then class; empty where nothing more is learned.
    community: Vec<f64>,
    operators: Vec<Person>,
    /// For each operator with a matrix: votes by label, then class, and at last votes by class.
    matrices: Vec<f64>,
    /// Changed by who learns alone.
    shared: Arc<Shared>,
}

/// What is assumed of the errors of the crowd as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errors {
    /// No class is harder than another, and no wrong label likelier.
    Even,
    /// The crowd has a confusion matrix: everybody tends to the same mistakes.
    Shared,
}

impl Errors {
    /// All assumptions.
    pub(crate) const ALL: [Self; 2] = [Self::Even, Self::Shared];
}

/// What is counted of every operator.
#[derive(Debug, Clone, Copy)]
struct Person {
    /// Expected right votes.
    right: f64,
    /// Votes counted at present.
    votes: f64,
    matrix: u32,
    /// How many votes a row of the shifted matrix is worth against an own row.
    row_weight: f64,
}

/// What is derived from the counts now and then, because it changes slowly.
#[derive(Debug, Clone)]
struct Shared {
    /// The probability of each class.
    prior: Vec<f64>,
    /// The crowd's probability of a label given the class, by label, then class.
    base: Vec<f64>,
    /// The crowd's accuracy.
    accuracy: f64,
    /// How many votes the crowd's accuracy is worth against an operator's own.
    accuracy_weight: f64,
    /// How common each of [`fit::WEIGHTS`] is as the worth of a row.
    row_weights: [f64; fit::WEIGHTS.len()],
    /// How far votes on one item err together: the correlation of two of them given the class.
    correlation: f64,
}

impl Crowd {
    pub(crate) fn new(classes: usize, errors: Errors) -> Self {
        let shared = Shared {
            prior: vec![1.0 / classes as f64; classes],
            base: vec![0.0; classes * classes],
            accuracy: 0.0,
            accuracy_weight: 4.0,
            row_weights: [1.0 / fit::WEIGHTS.len() as f64; fit::WEIGHTS.len()],
            correlation: 0.0,
        };
        let community = vec![0.0; classes * classes];
        let mut crowd = Self { errors, community, ..Self::of_nobody(classes, Arc::new(shared)) };
        crowd.refresh();
        crowd
    }

    /// A crowd without operators, which learns nothing that all share.
    fn of_nobody(classes: usize, shared: Arc<Shared>) -> Self {
        Self {
            classes,
            errors: Errors::Even,
            class: vec![0.0; classes],
            community: Vec::new(),
            operators: Vec::new(),
            matrices: Vec::new(),
            shared,
        }
    }

    /// A crowd of these operators alone, numbered anew in this order; `None` is somebody nobody knows. It can judge and
    /// count, but what is shared stays as it is.
    pub(crate) fn panel(&self, members: impl Iterator<Item = Option<usize>>) -> Self {
        let mut panel = Self::of_nobody(self.classes, Arc::clone(&self.shared));
        for member in members {
            panel.enter(false);
            let Some(member) = member.map(|member| self.operators[member]) else { continue };
            let number = panel.operators.len() - 1;
            panel.operators[number] = Person { matrix: NO_MATRIX, ..member };
            if member.matrix != NO_MATRIX {
                panel.operators[number].matrix =
                    u32::try_from(panel.matrices.len() / self.stride()).unwrap_or(NO_MATRIX);
                panel.matrices.extend(&self.matrices[member.matrix as usize * self.stride()..][..self.stride()]);
            }
        }
        panel
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    /// How many bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        let numbers = self.class.len() + self.community.len() + self.matrices.len();
        let shared = self.shared.prior.len() + self.shared.base.len();
        size_of::<f64>() * (numbers + shared) + size_of::<Person>() * self.operators.len()
    }

    /// Goes on with what was derived earlier, for a crowd of the same operators and perhaps more.
    pub(crate) fn inherit(&mut self, earlier: &Self) {
        self.shared = Arc::clone(&earlier.shared);
        for (person, before) in self.operators.iter_mut().zip(&earlier.operators) {
            person.row_weight = before.row_weight;
        }
        self.refresh();
    }

    /// How many votes make a confusion matrix worth having. A quarter of K^2, because it is drawn to the shifted one
    /// anyway; the bound keeps all matrices together at no more than four numbers a vote, whatever K is.
    pub(crate) fn matrix_from(&self) -> u32 {
        u32::try_from((self.classes * self.classes).div_ceil(4)).unwrap_or(u32::MAX)
    }

    /// Adds an operator nobody knows yet.
    pub(crate) fn enter(&mut self, with_matrix: bool) {
        self.operators.push(Person { right: 0.0, votes: 0.0, matrix: NO_MATRIX, row_weight: FIRST_ROW_WEIGHT });
        if with_matrix {
            self.give_matrix(self.operators.len() - 1);
        }
    }

    /// Gives an operator an empty confusion matrix.
    pub(crate) fn give_matrix(&mut self, operator: usize) {
        let stride = self.stride();
        self.operators[operator].matrix = u32::try_from(self.matrices.len() / stride).unwrap_or(NO_MATRIX);
        self.matrices.resize(self.matrices.len() + stride, 0.0);
    }

    fn stride(&self) -> usize {
        self.classes * self.classes + self.classes
    }

    /// Puts an item's contribution in (`sign` 1) or takes it out (`sign` -1).
    pub(crate) fn count(&mut self, votes: impl Iterator<Item = (usize, usize)>, truth: &[f64], sign: f64) {
        add_scaled(&mut self.class, truth, sign);
        for (operator, label) in votes {
            let column = label * self.classes;
            if let Some(counts) = self.community.get_mut(column..column + self.classes) {
                add_scaled(counts, truth, sign);
            }
            let person = &mut self.operators[operator];
            person.right += sign * truth[label];
            person.votes += sign;
            if person.matrix != NO_MATRIX {
                self.count_in_matrix(operator, label, truth, sign);
            }
        }
    }

    fn count_in_matrix(&mut self, operator: usize, label: usize, truth: &[f64], sign: f64) {
        let (k, start) = (self.classes, self.operators[operator].matrix as usize * self.stride());
        add_scaled(&mut self.matrices[start + label * k..][..k], truth, sign);
        add_scaled(&mut self.matrices[start + k * k..][..k], truth, sign);
    }

    /// The probability of each label of an item whose contribution is not in the counts.
    pub(crate) fn judge(&self, votes: impl Iterator<Item = (usize, usize)>, truth: &mut [f64]) {
        self.judge_with(self.shared.correlation, votes, truth);
    }

    fn judge_with(&self, correlation: f64, votes: impl Iterator<Item = (usize, usize)>, truth: &mut [f64]) {
        truth.fill(1.0);
        let mut number = 0u32;
        for (operator, label) in votes {
            self.weigh(operator, label, |class, probability| truth[class] *= probability);
            number += 1;
            // Products of probabilities shrink; only their ratios matter.
            if number.is_multiple_of(8) {
                normalise(truth);
            }
        }
        let prior = &self.shared.prior;
        // Votes that err together carry less than they seem to: the design effect of cluster sampling.
        let exponent = 1.0 / (1.0 + correlation * f64::from(number.saturating_sub(1)));
        let largest = truth.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        for (value, prior) in truth.iter_mut().zip(prior) {
            let likelihood = (*value / largest).max(1e-280);
            *value = prior * if exponent < 1.0 { likelihood.powf(exponent) } else { likelihood };
        }
        normalise(truth);
    }

    /// Says for each class how probable it is that this operator gives this label.
    fn weigh(&self, operator: usize, label: usize, mut each: impl FnMut(usize, f64)) {
        let (k, shared, person) = (self.classes, &self.shared, &self.operators[operator]);
        let odds = shared.odds(person);
        let base = &shared.base[label * k..][..k];
        if person.matrix == NO_MATRIX {
            for (class, &usual) in base.iter().enumerate() {
                let right = shared.base[class * k + class];
                let shifted = if class == label { usual * odds } else { usual };
                each(class, shifted / (1.0 + right * (odds - 1.0)));
            }
            return;
        }
        let start = person.matrix as usize * self.stride();
        let own = &self.matrices[start + label * k..][..k];
        let totals = &self.matrices[start + k * k..][..k];
        for class in 0..k {
            let right = shared.base[class * k + class];
            let shifted = if class == label { base[class] * odds } else { base[class] };
            let norm = 1.0 + right * (odds - 1.0);
            let weight = person.row_weight;
            // Taking contributions out may leave a rounding error below zero.
            let seen = own[class].max(0.0);
            each(class, (weight * shifted + seen * norm) / ((weight + totals[class].max(seen)) * norm));
        }
    }

    /// Derives what all operators share from the counts.
    pub(crate) fn refresh(&mut self) {
        let k = self.classes;
        let votes: f64 = self.community.iter().sum();
        let mut prior: Vec<f64> =
            (0..k).map(|class| self.class[class].max(0.0) + self.added_items(class, votes)).collect();
        normalise(&mut prior);
        let shared = Arc::make_mut(&mut self.shared);
        shared.prior = prior;
        let right: f64 = (0..k).map(|class| self.community[class * k + class]).sum();
        // Two votes' worth of belief that people are right more often than not, before there are any.
        let accuracy = (right.max(0.0) + 1.5) / (votes.max(0.0) + 2.0);
        shared.accuracy = accuracy.clamp(0.01, 0.99);
        let wrong = (1.0 - accuracy) / (k.max(2) - 1) as f64;
        for class in 0..k {
            let total: f64 = (0..k).map(|label| self.community[label * k + class].max(0.0)).sum();
            for label in 0..k {
                let even = if label == class { accuracy } else { wrong };
                let seen = self.community[label * k + class].max(0.0);
                let probability = match self.errors {
                    Errors::Even => even,
                    Errors::Shared => (seen + k as f64 * even) / (total + k as f64),
                };
                shared.base[label * k + class] = probability.clamp(1e-6, 1.0 - 1e-6);
            }
        }
    }

    /// How many items of a class are added to those found, after so many votes in all.
    fn added_items(&self, class: usize, votes: f64) -> f64 {
        match self.errors {
            Errors::Even => {
                let (k, items): (_, f64) = (self.classes as f64, self.class.iter().sum());
                let given: f64 = self.community[class * self.classes..][..self.classes].iter().sum();
                let voted = VOTED_ITEMS * k * (given.max(0.0) + 1.0) / (votes.max(0.0) + k);
                voted + EVEN_ITEMS * (FEW_ITEMS / (k * items).max(FEW_ITEMS))
            }
            Errors::Shared => EVEN_ITEMS,
        }
    }

    pub(crate) fn votes_of(&self, operator: usize) -> f64 {
        self.operators[operator].votes
    }

    /// How far an operator can be relied on, with the crowd as the prior.
    pub(crate) fn reliability(&self, operator: usize) -> Reliability {
        let person = &self.operators[operator];
        let votes = person.votes.round().max(0.0) as u32;
        Reliability::from_counts(person.right, votes, self.shared.accuracy, self.shared.accuracy_weight)
    }
}

impl Shared {
    /// How often an operator is right, drawn to the crowd.
    fn accuracy_of(&self, person: &Person) -> f64 {
        let votes = person.votes.max(0.0);
        (person.right.clamp(0.0, votes) + self.accuracy_weight * self.accuracy) / (votes + self.accuracy_weight)
    }

    /// How much better than the crowd's an operator's odds of being right are.
    fn odds(&self, person: &Person) -> f64 {
        let accuracy = self.accuracy_of(person);
        accuracy * (1.0 - self.accuracy) / ((1.0 - accuracy) * self.accuracy)
    }
}

fn add_scaled(to: &mut [f64], from: &[f64], by: f64) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += by * from;
    }
}
