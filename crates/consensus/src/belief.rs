//! A crowd and what it makes of the items, kept in step with each other.

use std::ops::Range;

use crate::crowd::{Centring, Crowd, LANES, Lanes, Scratch, View, parts};
use crate::{Known, VoteTable, pool};

/// How often all items are judged at most. On 19 recorded sets 50 sweeps are no better (accuracies .0001 apart).
const MOST_SWEEPS: u32 = 20;
/// Sweeping ends when probabilities move less than this on average.
const STILL: f64 = 1e-3;
/// The votes of so many items are read at once: few enough to stay in the nearest cache, and enough to wait for memory
/// together.
const READ_AT_ONCE: usize = 24;
/// Before anything is known so many votes are added to an item's, in even parts, and their shares are believed.
const ADDED_VOTES: f64 = 0.5;
/// How near an item's disagreement is to that of a kind, from 0 (all agree) to 1 (votes are even): the spread of that
/// nearness, and what is left to each kind in any case.
const SPREAD: f64 = 0.25;
const LEAST_NEARNESS: f64 = 0.02;
/// More kinds of items than these no view tells apart.
const MOST_KINDS: usize = 2;

/// A crowd and what it makes of the items.
pub(crate) struct Belief {
    pub(crate) crowd: Crowd,
    /// The probability of each state of each item, item by item, each row filled up to whole registers; these are what
    /// the crowd counts. Single precision is enough for them, and half of the room.
    pub(crate) truth: Vec<Lanes>,
    pub(crate) sweeps: u32,
    /// Items whose label is known, by item: they are not judged, and they tell nothing of how common classes are.
    known: Vec<Known>,
    /// Whether operators were compared with the crowd before.
    compared: bool,
    scratch: Scratch,
}

/// What the shares of the votes tell before anything is known of the operators: of the class directly, and of the kind
/// by how far the votes disagree.
fn first_beliefs(table: &VoteTable, view: View) -> Vec<Lanes> {
    let (k, states) = (table.classes(), table.classes() * view.kinds());
    let (mut truth, mut counts) = (vec![[0.0; LANES]; table.items() * parts(states)], vec![0.0; k]);
    for (item, row) in truth.chunks_exact_mut(parts(states)).enumerate() {
        pool::count(table.of_item(item), &mut counts);
        first_belief(&counts, view.kinds(), &mut row.as_flattened_mut()[..states]);
    }
    truth
}

/// The same for one item.
pub(crate) fn first_belief(counts: &[f64], kinds: usize, row: &mut [f32]) {
    let (votes, k) = (counts.iter().sum::<f64>(), counts.len() as f64);
    let most = counts.iter().copied().fold(0.0, f64::max);
    let disagreement = ((1.0 - most / votes.max(1.0)) * k / (k - 1.0).max(1.0)).clamp(0.02, 0.98);
    let mut nearness = [0.0; MOST_KINDS];
    for (kind, nearness) in nearness[..kinds].iter_mut().enumerate() {
        let apart = disagreement - kind as f64 / (kinds - 1).max(1) as f64;
        *nearness = (-apart * apart / (2.0 * SPREAD * SPREAD)).exp() + LEAST_NEARNESS;
    }
    let all: f64 = nearness.iter().sum();
    for (state, value) in row.iter_mut().enumerate() {
        let class = (counts[state / kinds] + ADDED_VOTES / k) / (votes + ADDED_VOTES);
        *value = (class * nearness[state % kinds] / all) as f32;
    }
}

impl Belief {
    /// Counts all votes under these probabilities.
    pub(crate) fn begin(table: &VoteTable, view: View, centring: Centring, truth: Vec<Lanes>) -> Self {
        let mut belief = Self::of_operators(table, view, centring, truth, &[]);
        belief.count_all(table);
        belief
    }

    /// Learns from the beginning, with the labels that are known, which are sorted by item.
    pub(crate) fn learn(table: &VoteTable, view: View, centring: Centring, known: &[Known]) -> Self {
        let mut belief = Self::of_operators(table, view, centring, first_beliefs(table, view), known);
        belief.hold_known();
        belief.count_all(table);
        belief.settle(table, MOST_SWEEPS);
        belief
    }

    fn of_operators(table: &VoteTable, view: View, centring: Centring, truth: Vec<Lanes>, known: &[Known]) -> Self {
        let mut crowd = Crowd::new(table.classes(), view, centring);
        for votes in table.votes_by_operator() {
            crowd.enter(votes, votes >= crowd.matrix_from());
        }
        crowd.note_shares(table, known);
        Self { crowd, truth, sweeps: 0, known: known.to_vec(), compared: false, scratch: Scratch::default() }
    }

    /// Goes on with what was learned earlier.
    pub(crate) fn inherit(&mut self, earlier: &Self) {
        self.crowd.inherit(&earlier.crowd);
        self.compared = true;
    }

    /// Sweeps until probabilities stand still, but at most `most` times.
    pub(crate) fn settle(&mut self, table: &VoteTable, most: u32) {
        for _ in 0..most {
            self.crowd.fit_accuracies();
            // Operators change little from sweep to sweep: before the sweeps 1, 2, 4, 8, ... is often enough.
            if (self.sweeps + 1).is_power_of_two() {
                self.crowd.fit_rows();
                if self.compared {
                    self.crowd.fit_centring();
                }
                self.compared = true;
            }
            let moved = self.sweep(table);
            self.count_all(table);
            if moved < STILL {
                break;
            }
        }
    }

    /// Judges every item once by what is known so far. Says how far probabilities moved on average.
    fn sweep(&mut self, table: &VoteTable) -> f64 {
        let mut moved = 0.0;
        for first in (0..table.items()).step_by(READ_AT_ONCE) {
            let items = first..table.items().min(first + READ_AT_ONCE);
            self.crowd.read(table.of_items(items.clone()), &mut self.scratch);
            let mut votes = 0;
            for item in items {
                let end = votes + table.votes_of_item(item);
                moved += self.judge_again(item, votes..end);
                votes = end;
            }
        }
        self.hold_known();
        self.sweeps += 1;
        moved / table.items().max(1) as f64
    }

    /// Gives items whose label is known no other one.
    fn hold_known(&mut self) {
        let (width, states, kinds) = (self.crowd.width(), self.crowd.states(), self.crowd.kinds());
        for known in &self.known {
            let row = self.truth[known.item as usize * width..][..width].as_flattened_mut();
            let row = &mut row[..states];
            let label = usize::from(known.label) * kinds;
            let of_label: f32 = row[label..label + kinds].iter().sum();
            for (state, value) in row.iter_mut().enumerate() {
                let is_of_label = (label..label + kinds).contains(&state);
                // Nothing is left to divide where the votes are all against it.
                let kind = if of_label > f32::MIN_POSITIVE { *value / of_label } else { 1.0 / kinds as f32 };
                *value = if is_of_label { kind } else { 0.0 };
            }
        }
    }

    /// Counts all votes anew, so that no rounding error stays.
    fn count_all(&mut self, table: &VoteTable) {
        self.crowd.count_all(table, &self.truth, &self.known);
        self.crowd.refresh();
    }

    /// What votes say of an item, and nothing else: the probability of each label, without what the item itself has
    /// taught and even where its label is known.
    pub(crate) fn by_votes(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)>) -> Vec<f64> {
        let (width, kinds) = (self.crowd.width(), self.crowd.kinds());
        let number = self.crowd.read(votes, &mut self.scratch);
        self.crowd.judge(0..number, &self.truth[item * width..][..width], &mut self.scratch);
        let states = &self.scratch.states()[..self.crowd.states()];
        states.chunks_exact(kinds).map(|states| states.iter().sum()).collect()
    }

    /// Judges an item by what its own votes, a part of those that were read, did not teach, and says how far its
    /// probabilities moved. What the crowd has counted stays as it was.
    fn judge_again(&mut self, item: usize, votes: Range<usize>) -> f64 {
        let (width, kinds) = (self.crowd.width(), self.crowd.kinds());
        let row = &mut self.truth[item * width..][..width];
        self.crowd.judge(votes, row, &mut self.scratch);
        let (row, states) = (row.as_flattened_mut(), self.scratch.states());
        // Loops of a known length are written out by the compiler.
        match kinds {
            1 => believe(1, row, states),
            2 => believe(2, row, states),
            kinds => believe(kinds, row, states),
        }
    }

    /// Judges an item again, and has the crowd count it so.
    pub(crate) fn renew(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)> + Clone) {
        self.take_out(item, votes.clone());
        self.put_in(item, votes);
    }

    /// Takes what an item with these votes taught out of the crowd.
    pub(crate) fn take_out(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)> + Clone) {
        let row = &mut self.truth[item * self.crowd.width()..][..self.crowd.width()];
        self.crowd.count(votes, row, -1.0);
        row.fill([0.0; LANES]);
    }

    /// Judges an item that is not in the crowd, and puts it in.
    pub(crate) fn put_in(&mut self, item: usize, votes: impl Iterator<Item = (usize, usize)> + Clone) {
        let number = self.crowd.read(votes.clone(), &mut self.scratch);
        self.judge_again(item, 0..number);
        self.crowd.count(votes, &self.truth[item * self.crowd.width()..][..self.crowd.width()], 1.0);
    }

    /// Adds an item without votes.
    pub(crate) fn add_item(&mut self) {
        self.truth.resize(self.truth.len() + self.crowd.width(), [0.0; LANES]);
    }

    /// The probability of each label of an item.
    pub(crate) fn classes_of(&self, item: usize) -> impl Iterator<Item = f64> + '_ {
        let (width, kinds) = (self.crowd.width(), self.crowd.kinds());
        let row = &self.truth[item * width..][..width].as_flattened()[..self.crowd.states()];
        row.chunks_exact(kinds).map(|kinds| kinds.iter().copied().map(f64::from).sum())
    }
}

/// Replaces the probabilities of an item's states, so many kinds of each class, and says how far those of its classes
/// moved.
#[expect(clippy::inline_always, reason = "the number of kinds is a constant where it is inlined")]
#[inline(always)]
fn believe(kinds: usize, before: &mut [f32], after: &[f64]) -> f64 {
    let mut moved = 0.0;
    for (before, after) in before.chunks_exact_mut(kinds).zip(after.chunks_exact(kinds)) {
        let class: f64 = before.iter().zip(after).map(|(&before, after)| after - f64::from(before)).sum();
        moved += class.abs() / 2.0;
        before.iter_mut().zip(after).for_each(|(before, after)| *before = *after as f32);
    }
    moved
}
