//! The model of `auto`, kept up to date vote by vote.

use crate::belief::Belief;
use crate::crowd::{Centring, View};
use crate::learn::{Room, estimate, learn};
use crate::pool::Pool;
use crate::{Basis, Estimate, VoteTable};

/// How many other items are judged again with each vote, in rotation.
const OTHERS: usize = 4;
/// The growth of the votes, as a share of them, after which what all operators share is learned again; it must be
/// `FIRST_GROWTH` too.
const GROWTH: usize = 8;
const FIRST_GROWTH: usize = 32;
/// With fewer votes than this, everything is learned from the beginning each time: a few early votes may have led to
/// where more votes do not lead out again.
const YOUNG: usize = 2_000;
/// How many sweeps that takes with more votes.
const SWEEPS: u32 = 2;

/// The same model as [`Method::Auto`](crate::Method::Auto), learned while votes come in: a vote changes its item at
/// once and, by judging four other items again, the operators soon. What all operators share is learned again each time
/// the votes have grown by an eighth, so a vote costs O(n K) at once for n votes an item, and about 16 n K more on
/// average, and twice that where hard items are told from easy ones.
///
/// Memory is flat and sparse: 8 bytes a vote, 24 + 12 K an item, and for an operator 32 and up to 12 (K^2 + K), because
/// both views of the crowd are followed at once. Rows of K and 2 K numbers are filled up to a multiple of four.
pub struct Live {
    classes: usize,
    votes: Vec<Vec<(u32, u16)>>,
    counted: usize,
    operators: usize,
    /// How many votes each label got.
    given: Vec<f64>,
    beliefs: [Belief; View::ALL.len()],
    /// The next item to be judged again.
    next: usize,
    /// How many votes there are when the shared part is learned again.
    learn_at: usize,
}

impl Live {
    /// A model without votes; `classes` is the number of labels to choose from.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        let table = VoteTable::empty(classes);
        Self {
            classes,
            votes: Vec::new(),
            counted: 0,
            operators: 0,
            given: vec![0.0; classes],
            beliefs: View::ALL.map(|view| Belief::begin(&table, view, Centring::ByLikeness, Vec::new())),
            next: 0,
            learn_at: FIRST_GROWTH,
        }
    }

    /// Takes a vote; another one of the same operator for the same item replaces it. Items and operators are numbered
    /// from 0, without large gaps.
    ///
    /// # Panics
    /// If the label is not one of the classes.
    pub fn vote(&mut self, item: usize, operator: u32, label: u16) {
        assert!(usize::from(label) < self.classes, "label {label} of {}", self.classes);
        self.make_room(item, operator);
        let before = self.votes[item].len();
        for belief in &mut self.beliefs {
            // What has no votes has taught nothing.
            if before > 0 {
                belief.take_out(item, numbered(&self.votes[item]));
            }
        }
        match self.votes[item].iter_mut().find(|(voter, _)| *voter == operator) {
            Some((_, given)) => {
                self.given[usize::from(*given)] -= 1.0;
                *given = label;
            }
            None => {
                self.votes[item].push((operator, label));
                self.counted += 1;
            }
        }
        self.given[usize::from(label)] += 1.0;
        for belief in &mut self.beliefs {
            belief.put_in(item, numbered(&self.votes[item]));
        }
        self.rotate();
        if self.counted >= self.learn_at {
            self.learn();
        }
    }

    fn make_room(&mut self, item: usize, operator: u32) {
        while self.votes.len() <= item {
            self.votes.push(Vec::new());
            self.beliefs.iter_mut().for_each(Belief::add_item);
        }
        while self.operators <= operator as usize {
            // A matrix is given when the shared part is learned again: it has to hold earlier votes too.
            self.beliefs.iter_mut().for_each(|belief| belief.crowd.enter(0, belief.crowd.matrix_from() <= 1));
            self.operators += 1;
        }
    }

    /// Judges some other items again: those that have waited longest come first.
    fn rotate(&mut self) {
        for _ in 0..OTHERS.min(self.votes.len()) {
            self.next = (self.next + 1) % self.votes.len();
            if !self.votes[self.next].is_empty() {
                for belief in &mut self.beliefs {
                    belief.renew(self.next, numbered(&self.votes[self.next]));
                }
            }
        }
        self.beliefs.iter_mut().for_each(|belief| belief.crowd.refresh());
    }

    /// Learns everything from the beginning, as all votes at once do: before labels are final.
    pub fn settle(&mut self) {
        let table = self.table();
        self.beliefs = learn(&table, &[]).beliefs;
        self.learned();
    }

    fn learn(&mut self) {
        if self.counted < YOUNG {
            self.settle();
            return;
        }
        let table = self.table();
        for (belief, view) in self.beliefs.iter_mut().zip(View::ALL) {
            let truth = std::mem::take(&mut belief.truth);
            let mut renewed = Belief::begin(&table, view, Centring::ByLikeness, truth);
            renewed.inherit(belief);
            *belief = renewed;
            belief.settle(&table, SWEEPS);
        }
        self.learned();
    }

    fn learned(&mut self) {
        self.learn_at = self.counted + usize::max(FIRST_GROWTH, self.counted / GROWTH);
    }

    fn table(&self) -> VoteTable {
        let mut table = VoteTable::empty(self.classes);
        for votes in &self.votes {
            votes.iter().for_each(|&(operator, label)| table.push(operator, label));
            table.end_item();
        }
        table
    }

    /// The probabilities of an item's labels; even ones for an item without votes.
    #[must_use]
    pub fn of_item(&self, item: usize) -> Vec<f64> {
        let k = self.classes;
        let mut pooled = vec![1.0 / k as f64; k];
        if let Some(votes) = self.votes.get(item).filter(|votes| !votes.is_empty()) {
            let mut room = Room::new(k);
            room.pool(&self.beliefs, (item, numbered(votes)), &self.given, &Pool::USUAL, &mut pooled);
        }
        pooled
    }

    /// What is known of everything now.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        estimate(&self.beliefs, &self.table(), &Pool::USUAL, Basis::Usual)
    }
}

fn numbered(votes: &[(u32, u16)]) -> impl Iterator<Item = (usize, usize)> + Clone + '_ {
    votes.iter().map(|&(operator, label)| (operator as usize, usize::from(label)))
}
