//! Crowds whose truth is known, for tests and measurements.

mod families;

pub use families::Family;

use crate::random::SplitMix;
use crate::{Ballot, UnfitBallot, VoteTable};

/// A crowd to simulate. Operators vote on items chosen at random, nobody twice on one.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// How many items.
    pub items: u32,
    /// How many operators; at least `redundancy`.
    pub operators: u32,
    /// How many labels, 2 or more.
    pub classes: u16,
    /// How many votes each item gets.
    pub redundancy: u32,
    /// The accuracy of the worst and the best operator; the others are spread evenly between.
    pub accuracy: (f64, f64),
    /// How far an operator's accuracy differs from class to class, and errors prefer some labels: 0 (not at all) to 1.
    pub bias: f64,
    /// The same, but alike for all operators: some classes are hard to tell for everybody.
    pub shared_bias: f64,
    /// The share of operators who answer at random.
    pub random: f64,
    /// The share of operators who always give the first label.
    pub constant: f64,
    /// The share of items that are hard: on them everybody errs as often as `hardness` says.
    pub hard: f64,
    /// How far a hard item pulls the accuracy towards chance: 0 (not at all) to 1 (wholly).
    pub hardness: f64,
    /// How unlike the classes' shares are: each is this much of the one before it, 1 for equal ones.
    pub decline: f64,
    /// The seed, from which all else follows.
    pub seed: u64,
}

/// The votes of a simulated crowd, and the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// The votes, item by item.
    pub ballots: Vec<Ballot>,
    /// The true label of each item.
    pub truth: Vec<u16>,
    /// The numbers of items, operators and classes.
    pub size: (usize, usize, usize),
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            items: 1000,
            operators: 40,
            classes: 2,
            redundancy: 5,
            accuracy: (0.6, 0.95),
            bias: 0.0,
            shared_bias: 0.0,
            random: 0.0,
            constant: 0.0,
            hard: 0.0,
            hardness: 0.0,
            decline: 1.0,
            seed: 1,
        }
    }
}

impl Simulated {
    /// The votes as a table.
    ///
    /// # Errors
    /// If votes were changed to name what does not exist.
    pub fn table(&self) -> Result<VoteTable, UnfitBallot> {
        let (items, operators, classes) = self.size;
        VoteTable::new(items, operators, classes, &self.ballots)
    }

    /// The share of items that have their true label.
    #[must_use]
    pub fn accuracy_of(&self, labels: &[u16]) -> f64 {
        let right = self.truth.iter().zip(labels).filter(|(truth, label)| truth == label).count();
        right as f64 / self.truth.len().max(1) as f64
    }
}

impl Simulation {
    /// Lets the crowd vote.
    #[must_use]
    pub fn run(&self) -> Simulated {
        let mut random = SplitMix::new(self.seed);
        let matrices: Vec<Vec<f64>> = (0..self.operators).map(|operator| self.matrix(operator, &mut random)).collect();
        let shares: Vec<f64> = (0..self.classes).map(|class| self.decline.powi(i32::from(class))).collect();
        let mut people: Vec<u32> = (0..self.operators).collect();
        let mut ballots = Vec::with_capacity(self.items as usize * self.redundancy as usize);
        let mut truth = Vec::with_capacity(self.items as usize);
        let k = usize::from(self.classes);
        for item in 0..self.items {
            let class = draw(&shares, &mut random);
            truth.push(u16::try_from(class).unwrap_or(u16::MAX));
            let hard = random.unit() < self.hard;
            for place in 0..self.redundancy as usize {
                let other = place + random.below(people.len() - place);
                people.swap(place, other);
                let row = &matrices[people[place] as usize][class * k..][..k];
                let guesses = hard && random.unit() < self.hardness;
                let label = if guesses { random.below(k) } else { draw(row, &mut random) };
                let label = u16::try_from(label).unwrap_or(u16::MAX);
                ballots.push(Ballot { item, operator: people[place], label });
            }
        }
        Simulated { ballots, truth, size: (self.items as usize, self.operators as usize, k) }
    }

    /// An operator's probabilities by class, then label.
    fn matrix(&self, operator: u32, random: &mut SplitMix) -> Vec<f64> {
        let k = usize::from(self.classes);
        let kind = random.unit();
        if kind < self.random {
            return vec![1.0; k * k];
        }
        if kind < self.random + self.constant {
            return (0..k * k).map(|cell| if cell % k == 0 { 1.0 } else { 0.0 }).collect();
        }
        let rank = f64::from(operator) / f64::from(self.operators.max(2) - 1);
        let mean = self.accuracy.0 + rank * (self.accuracy.1 - self.accuracy.0);
        let mut matrix = Vec::with_capacity(k * k);
        // Everybody draws the shared part from the same numbers.
        let mut shared = SplitMix::new(self.seed ^ 0x5eed);
        for class in 0..k {
            let mut lean =
                |scale: f64| self.bias * (scale * random.unit()) + self.shared_bias * (scale * shared.unit());
            let tilt = lean(2.0) - self.bias - self.shared_bias;
            let right = if tilt > 0.0 { mean + tilt * (1.0 - mean) } else { mean * (1.0 + 0.6 * tilt) };
            let tastes: Vec<f64> = (0..k).map(|_| lean(3.0).exp()).collect();
            let all: f64 = (0..k).filter(|&label| label != class).map(|label| tastes[label]).sum();
            matrix.extend(
                (0..k).map(|label| if label == class { right } else { (1.0 - right) * tastes[label] / all.max(1e-12) }),
            );
        }
        matrix
    }
}

/// A position, drawn in proportion to the weights.
fn draw(weights: &[f64], random: &mut SplitMix) -> usize {
    let mut left = random.unit() * weights.iter().sum::<f64>();
    for (position, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return position;
        }
    }
    weights.len() - 1
}
