//! Ten kinds of crowds, from those that every method likes to those on which learning does harm.
//!
//! Some are independent: an operator errs by themselves, and votes tell everything. In others errors belong to the
//! items or to the crowd as a whole, which votes can't tell from a truth.

use super::{Simulated, draw};
use crate::Ballot;
use crate::random::SplitMix;

/// A kind of crowd.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name: what is special, the number of labels K, and the votes v on an item.
    pub name: &'static str,
    /// Whether operators err independently of each other, given the truth, and are not biased alike.
    pub independent: bool,
    /// Whether the crowd as a whole is biased towards some labels.
    pub biased: bool,
    classes: usize,
    votes: usize,
    operators: u32,
    /// How common the classes are.
    shares: &'static [f64],
    /// How an operator, who has these chances of their own (0 to 1), gives labels to an item of a class that looks so
    /// (0 to 1): the weights of the labels.
    label: fn(&Item, [f64; 2]) -> Vec<f64>,
}

/// What operators see of an item.
struct Item {
    classes: usize,
    class: usize,
    /// A chance of the item's own, 0 to 1.
    look: f64,
}

impl Item {
    /// Right so often, and otherwise any other label.
    fn even(&self, right: f64) -> Vec<f64> {
        let wrong = (1.0 - right) / (self.classes - 1) as f64;
        (0..self.classes).map(|label| if label == self.class { right } else { wrong }).collect()
    }

    /// Right so often, and otherwise mostly one label that is near the true one.
    fn towards(&self, near: usize, right: f64, nearness: f64) -> Vec<f64> {
        let mut weights = self.even(right);
        let wrong = 1.0 - right;
        for (label, weight) in weights.iter_mut().enumerate().filter(|&(label, _)| label != self.class) {
            let others = (1.0 - nearness) / (self.classes - 2).max(1) as f64;
            *weight = wrong * if label == near { nearness } else { others };
        }
        weights
    }
}

fn between(low: f64, high: f64, chance: f64) -> f64 {
    low + (high - low) * chance
}

const EVEN_2: &[f64] = &[1.0, 1.0];
const EVEN_3: &[f64] = &[1.0, 1.0, 1.0];
const EVEN_4: &[f64] = &[1.0, 1.0, 1.0, 1.0];

/// A crowd of which nothing is special.
const USUAL: Family = Family {
    name: "independent K4 v5",
    independent: true,
    biased: false,
    classes: 4,
    votes: 5,
    operators: 60,
    shares: EVEN_4,
    label: |item, [skill, _]| item.even(between(0.4, 0.95, skill)),
};

impl Family {
    /// All of them.
    pub const ALL: [Self; 10] = [
        USUAL,
        Self {
            name: "independent K2 v5",
            classes: 2,
            shares: EVEN_2,
            label: |item, [skill, _]| item.even(between(0.4, 0.92, skill)),
            ..USUAL
        },
        Self {
            // A fifth is of the second class; three in ten of the others look so.
            name: "correlated K2 v6",
            independent: false,
            classes: 2,
            votes: 6,
            shares: &[0.8, 0.2],
            label: |item, [skill, _]| {
                let usual = if item.class == 1 { 0.75 } else { [0.05, 0.35][usize::from(item.look < 0.3)] };
                let second = usual + between(-0.05, 0.05, skill);
                vec![1.0 - second, second]
            },
            ..USUAL
        },
        Self {
            // On three items of ten everybody tends to the same wrong label.
            name: "correlated K4 v5",
            independent: false,
            label: |item, [skill, _]| {
                let easy = between(0.7, 0.95, skill);
                let near = (item.class + 1 + (item.look * 1000.0) as usize % 3) % 4;
                if item.look < 0.3 { item.towards(near, 0.6 * easy, 0.8) } else { item.even(easy) }
            },
            ..USUAL
        },
        Self {
            // Four of ten operators answer at random or always the same.
            name: "spammers K3 v5",
            classes: 3,
            shares: EVEN_3,
            label: |item, [skill, kind]| match kind {
                kind if kind < 0.2 => vec![1.0; 3],
                kind if kind < 0.4 => (0..3).map(|label| f64::from(u8::from(label == 0))).collect(),
                _ => item.even(between(0.7, 0.95, skill)),
            },
            ..USUAL
        },
        Self {
            name: "imbalance K2 v5",
            classes: 2,
            shares: &[0.95, 0.05],
            label: |item, [skill, _]| item.even(between(0.7, 0.98, skill)),
            ..USUAL
        },
        Self {
            name: "many labels K30 v5",
            classes: 30,
            shares: &[1.0; 30],
            label: |item, [skill, _]| item.even(between(0.4, 0.95, skill)),
            ..USUAL
        },
        Self {
            name: "strangers K3 v5",
            classes: 3,
            operators: 3334,
            shares: EVEN_3,
            label: |item, [skill, _]| item.even(between(0.5, 0.95, skill)),
            ..USUAL
        },
        Self {
            // Everybody finds a little more than half of the second class, and hardly errs in the first.
            name: "biased K2 v15",
            independent: false,
            biased: true,
            classes: 2,
            votes: 15,
            shares: EVEN_2,
            label: |item, [skill, other]| {
                let right = if item.class == 0 { between(0.9, 0.99, other) } else { between(0.4, 0.7, skill) };
                item.even(right)
            },
            ..USUAL
        },
        Self {
            // Two of four classes are often taken for the one before.
            name: "biased K4 v6",
            independent: false,
            biased: true,
            votes: 6,
            label: |item, [skill, _]| {
                let right = if item.class % 2 == 0 { between(0.8, 0.95, skill) } else { between(0.35, 0.6, skill) };
                item.towards(item.class / 2 * 2, right, if item.class % 2 == 0 { 0.0 } else { 0.9 })
            },
            ..USUAL
        },
    ];

    /// Lets a crowd of this kind vote on so many items.
    #[must_use]
    pub fn run(&self, items: u32, seed: u64) -> Simulated {
        let mut random = SplitMix::new(seed);
        let chances: Vec<[f64; 2]> = (0..self.operators).map(|_| [random.unit(), random.unit()]).collect();
        let mut people: Vec<u32> = (0..self.operators).collect();
        let (mut ballots, mut truth) = (Vec::new(), Vec::new());
        for number in 0..items {
            let class = draw(self.shares, &mut random);
            truth.push(u16::try_from(class).unwrap_or(u16::MAX));
            let item = Item { classes: self.classes, class, look: random.unit() };
            for place in 0..self.votes {
                let other = place + random.below(people.len() - place);
                people.swap(place, other);
                let weights = (self.label)(&item, chances[people[place] as usize]);
                let label = u16::try_from(draw(&weights, &mut random)).unwrap_or(u16::MAX);
                ballots.push(Ballot { item: number, operator: people[place], label });
            }
        }
        Simulated { ballots, truth, size: (items as usize, self.operators as usize, self.classes) }
    }
}
