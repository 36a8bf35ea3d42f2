//! What `auto` knows of a crowd: expected counts from which every probability follows.
//!
//! The counts are those of the expected truth. An item is judged by what its own votes have not taught, so no vote
//! vouches for itself. (Collapsed variational inference of order zero: Asuncion et al. 2009, "On smoothing and
//! inference for topic models", here on the model of Dawid and Skene 1979.)
//!
//! An item is in one of S states: its class and, in a view that knows hard items, whether it is easy or hard. State s
//! of M kinds of items is class s / M and kind s % M.

mod bytes;
mod count;
mod evidence;
mod fit;
mod judge;
mod shared;

pub(crate) use bytes::{Reader, put, round};
pub(crate) use evidence::{LANES, Lanes, parts};
pub(crate) use judge::Scratch;

use std::sync::Arc;

use self::shared::Shared;
use crate::Reliability;

/// Marks an operator without a confusion matrix.
const NO_MATRIX: u32 = u32::MAX;
/// What a row of the shifted matrix is worth before anything is known.
const FIRST_ROW_WEIGHT: f32 = 16.0;

/// How a crowd looks at items. Which view is true can't be told from votes alone, so both are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Items are alike. An error that all operators share can't be told from an item that is unlike its class, so what
    /// all share is taken back as far as operators are alike (see [`Centring`]).
    Centred,
    /// Items are easy or hard, and the crowd has a confusion matrix for each kind.
    EasyAndHard,
}

impl View {
    pub(crate) const ALL: [Self; 2] = [Self::Centred, Self::EasyAndHard];

    /// How many kinds of items it tells apart.
    pub(crate) fn kinds(self) -> usize {
        match self {
            Self::Centred => 1,
            Self::EasyAndHard => 2,
        }
    }
}

/// How far the crowd's own confusion, which all operators share, is taken back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Centring {
    /// As far as operators are alike: what is special to none of them is no evidence.
    ByLikeness,
    /// By this share, 0 (not at all) to 1 (wholly), because something else tells it.
    Fixed(f64),
}

/// Expected counts, and what is shared by all operators.
///
/// Three levels say how an operator votes on an item in state s. The whole crowd has one confusion matrix. An
/// operator's own accuracy shifts the odds of being right in it. Who has K^2 / 4 votes or more has a matrix too, drawn
/// towards this shifted one. How strongly each level is drawn to the one above is learned from the votes.
#[derive(Debug, Clone)]
pub(crate) struct Crowd {
    classes: usize,
    kinds: usize,
    centring: Centring,
    /// Expected items by state.
    items: Vec<f64>,
    /// The sum over items of the shares of their votes, by label.
    shares: Vec<f64>,
    /// Expected votes by label, then state; empty where nothing more is learned.
    community: Vec<f64>,
    operators: Vec<Person>,
    /// For each operator with a matrix: votes by label, then state, and at last votes by state. Single precision holds
    /// sums of probabilities to seven digits, in half of the room.
    matrices: Vec<Lanes>,
    /// Changed by who learns alone.
    shared: Arc<Shared>,
}

/// What is counted of every operator. It is read with each of their votes, so four of them fit into a line of cache.
#[derive(Debug, Clone, Copy)]
struct Person {
    /// Expected right votes.
    right: f32,
    /// Votes counted at present.
    votes: f32,
    /// How many votes a row of the shifted matrix is worth against an own row.
    row_weight: f32,
    matrix: u32,
}

impl Crowd {
    pub(crate) fn new(classes: usize, view: View, centring: Centring) -> Self {
        let centring = if view == View::Centred { centring } else { Centring::Fixed(0.0) };
        let states = classes * view.kinds();
        let shared = Arc::new(Shared::new(classes, view.kinds(), centring));
        let community = vec![0.0; classes * states];
        let mut crowd = Self { centring, community, ..Self::of_nobody(classes, view.kinds(), shared) };
        crowd.refresh();
        crowd
    }

    /// A crowd without operators, which learns nothing that all share.
    fn of_nobody(classes: usize, kinds: usize, shared: Arc<Shared>) -> Self {
        Self {
            classes,
            kinds,
            centring: Centring::Fixed(0.0),
            items: vec![0.0; classes * kinds],
            shares: vec![0.0; classes],
            community: Vec::new(),
            operators: Vec::new(),
            matrices: Vec::new(),
            shared,
        }
    }

    /// A crowd of these operators alone, numbered anew in this order. It can judge, but what is shared stays as it is.
    pub(crate) fn panel(&self, members: impl Iterator<Item = usize>) -> Self {
        let mut panel = Self::of_nobody(self.classes, self.kinds, Arc::clone(&self.shared));
        for member in members.map(|member| self.operators[member]) {
            let mut person = member;
            if member.matrix != NO_MATRIX {
                person.matrix = u32::try_from(panel.matrices.len() / self.stride()).unwrap_or(NO_MATRIX);
                panel.matrices.extend(&self.matrices[member.matrix as usize * self.stride()..][..self.stride()]);
            }
            panel.operators.push(person);
        }
        panel
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes
    }

    pub(crate) fn kinds(&self) -> usize {
        self.kinds
    }

    pub(crate) fn states(&self) -> usize {
        self.classes * self.kinds
    }

    /// How common each state is.
    pub(crate) fn common(&self) -> &[f64] {
        &self.shared.prior
    }

    /// How many bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        let numbers = self.items.len() + self.shares.len() + self.community.len() + self.shared.numbers();
        size_of::<f64>() * numbers
            + size_of::<Lanes>() * self.matrices.len()
            + size_of::<Person>() * self.operators.len()
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
    /// anyway (from a twentieth to the whole of K^2 accuracies are alike); the bound keeps all matrices together at no
    /// more than four numbers a vote and kind of items, whatever K is.
    pub(crate) fn matrix_from(&self) -> u32 {
        u32::try_from((self.classes * self.classes).div_ceil(4)).unwrap_or(u32::MAX)
    }

    /// Adds an operator with so many votes, of whom nothing else is known yet.
    pub(crate) fn enter(&mut self, votes: u32, with_matrix: bool) {
        let row_weight = FIRST_ROW_WEIGHT;
        self.operators.push(Person { right: 0.0, votes: votes as f32, row_weight, matrix: NO_MATRIX });
        if with_matrix {
            self.give_matrix(self.operators.len() - 1);
        }
    }

    /// Gives an operator an empty confusion matrix.
    fn give_matrix(&mut self, operator: usize) {
        let stride = self.stride();
        self.operators[operator].matrix = u32::try_from(self.matrices.len() / stride).unwrap_or(NO_MATRIX);
        self.matrices.resize(self.matrices.len() + stride, [0.0; LANES]);
    }

    /// How many registers a row by state takes.
    pub(crate) fn width(&self) -> usize {
        parts(self.states())
    }

    /// How many of them a matrix takes, with its sums.
    fn stride(&self) -> usize {
        (self.classes + 1) * self.width()
    }

    /// How far an operator can be relied on, with the crowd as the prior.
    pub(crate) fn reliability(&self, operator: usize) -> Reliability {
        let person = &self.operators[operator];
        let votes = person.votes.round().max(0.0) as u32;
        Reliability::from_counts(f64::from(person.right), votes, self.shared.accuracy, self.shared.accuracy_weight)
    }
}
