//! Each operator has a confusion matrix.

use std::array::from_fn;

use super::shares::shares;
use crate::{Estimate, VoteTable};

const MOST_SWEEPS: u32 = 100;
/// Sweeping ends when a sweep makes a vote, on average, more likely by less than this (a difference of logarithms),
/// which is where crowd-kit ends too.
const STILL: f64 = 1e-5;
/// Votes added to every cell of a matrix: nobody is taken to be incapable of an error.
const SMOOTHING: f64 = 0.01;
/// Products of probabilities shrink, so they are scaled after so many factors. With [`SMOOTHING`] a factor is above
/// 1e-12.
const FACTORS: usize = 8;
/// A product of likelihoods below this is put away as its logarithm.
const SMALL: f64 = 1e-150;

/// Expectation maximisation from the shares of the votes.
pub(super) fn dawid_skene(table: &VoteTable) -> Estimate {
    if table.classes() <= 2 { maximise::<2>(table) } else { maximise::<4>(table) }
}

/// Classes side by side, as many as fit the processor's registers; what is beyond the last class has probability 0.
type Lanes<const N: usize> = [f64; N];

/// The class probabilities and the operators' matrices: first counted, then normalised.
#[derive(Clone)]
struct Model<const N: usize> {
    classes: usize,
    prior: Vec<Lanes<N>>,
    /// By operator, label and class.
    matrices: Vec<Lanes<N>>,
}

fn maximise<const N: usize>(table: &VoteTable) -> Estimate {
    let classes = table.classes();
    let width = classes.div_ceil(N);
    let place = |(operator, label)| (operator * classes + label) * width;
    let votes: Vec<usize> = (0..table.items()).flat_map(|item| table.of_item(item)).map(place).collect();
    let mut truth = vec![[0.0; N]; table.items() * width];
    let mut next = Model::empty(table);
    for (item, shares) in shares(table).chunks_exact(classes).enumerate() {
        let row = &mut truth[item * width..][..width];
        row.as_flattened_mut()[..classes].copy_from_slice(shares);
        next.count(row, &votes[table.range_of_item(item)]);
    }
    let (mut model, empty) = (Model::empty(table), Model::empty(table));
    let mut sweeps = 0;
    let mut likelihood = f64::NEG_INFINITY;
    while sweeps < MOST_SWEEPS {
        sweeps += 1;
        std::mem::swap(&mut model, &mut next);
        model.normalise();
        next.clone_from(&empty);
        let before = likelihood;
        let mut product = Product::one();
        for (item, row) in truth.chunks_exact_mut(width).enumerate() {
            let votes = &votes[table.range_of_item(item)];
            model.judge(row, votes, &mut product);
            next.count(row, votes);
        }
        likelihood = product.ln();
        if likelihood - before < STILL * table.votes() as f64 {
            break;
        }
    }
    let probabilities = truth.chunks_exact(width).flat_map(|row| &row.as_flattened()[..classes]).copied().collect();
    Estimate::of(table, probabilities, sweeps)
}

impl<const N: usize> Model<N> {
    fn empty(table: &VoteTable) -> Self {
        let classes = table.classes();
        let width = classes.div_ceil(N);
        let mut prior = vec![[0.0; N]; width];
        prior.as_flattened_mut()[..classes].fill(SMOOTHING);
        Self { classes, prior, matrices: vec![[SMOOTHING; N]; table.operators() * classes * width] }
    }

    /// Adds an item that is of these classes and has these votes.
    fn count(&mut self, row: &[Lanes<N>], votes: &[usize]) {
        add(&mut self.prior, row);
        for &vote in votes {
            add(&mut self.matrices[vote..][..row.len()], row);
        }
    }

    fn normalise(&mut self) {
        scale(&mut self.prior);
        let width = self.prior.len();
        let mut totals = vec![[0.0; N]; width];
        for matrix in self.matrices.chunks_exact_mut(self.classes * width) {
            totals.fill([0.0; N]);
            matrix.chunks_exact(width).for_each(|column| add(&mut totals, column));
            for column in matrix.chunks_exact_mut(width) {
                column.iter_mut().zip(&totals).for_each(|(lanes, total)| *lanes = from_fn(|n| lanes[n] / total[n]));
            }
        }
    }

    /// Finds the classes of an item from its votes, and multiplies by how likely these were.
    fn judge(&self, row: &mut [Lanes<N>], votes: &[usize], likelihood: &mut Product) {
        row.copy_from_slice(&self.prior);
        for some in votes.chunks(FACTORS) {
            for (block, lanes) in row.iter_mut().enumerate() {
                let factors = some.iter().map(|vote| &self.matrices[vote + block]);
                *lanes = factors.fold(*lanes, |product, factor| from_fn(|n| product[n] * factor[n]));
            }
            likelihood.times(scale(row));
        }
    }
}

/// A product of many small factors, whose logarithm is wanted: few logarithms are taken for it, and it never comes to
/// 0.
struct Product {
    ln: f64,
    rest: f64,
}

impl Product {
    fn one() -> Self {
        Self { ln: 0.0, rest: 1.0 }
    }

    fn times(&mut self, factor: f64) {
        self.rest *= factor;
        if self.rest < SMALL {
            self.ln += self.rest.ln();
            self.rest = 1.0;
        }
    }

    fn ln(self) -> f64 {
        self.ln + self.rest.ln()
    }
}

fn add<const N: usize>(sums: &mut [Lanes<N>], values: &[Lanes<N>]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = from_fn(|n| sum[n] + value[n]));
}

/// Scales a row, which is never all 0, to sum 1 and returns what its sum was.
fn scale<const N: usize>(row: &mut [Lanes<N>]) -> f64 {
    let sum: f64 = row.as_flattened().iter().sum();
    row.as_flattened_mut().iter_mut().for_each(|value| *value *= 1.0 / sum);
    sum
}
