//! GLAD: operators have an ability, and items a difficulty.

use crate::probabilities::normalise;
use crate::{Estimate, VoteTable};

const MOST_ROUNDS: u32 = 30;
const STEPS_A_ROUND: u32 = 4;
const STILL: f64 = 1e-4;
/// No step of the ascent is longer than this.
const LONGEST_STEP: f64 = 0.5;

/// Abilities `a` and easinesses `b`: a vote is right with probability `logistic(a * exp(b))`; both have a normal prior
/// of mean 1 and variance 1.
struct Glad {
    ability: Vec<f64>,
    ease: Vec<f64>,
}

/// Expectation maximisation; the maximisation by Fisher scoring, abilities and easinesses in turn.
pub(super) fn glad(table: &VoteTable) -> Estimate {
    let k = table.classes();
    let mut model = Glad { ability: vec![1.0; table.operators()], ease: vec![1.0; table.items()] };
    let mut truth = vec![1.0 / k as f64; table.items() * k];
    let mut rounds = 0;
    while rounds < MOST_ROUNDS {
        rounds += 1;
        let moved = model.judge(table, &mut truth);
        if moved < STILL * table.items() as f64 {
            break;
        }
        for _ in 0..STEPS_A_ROUND {
            model.step_abilities(table, &truth);
            model.step_eases(table, &truth);
        }
    }
    let mut estimate = Estimate::of(table, truth, rounds * (1 + 2 * STEPS_A_ROUND));
    estimate.difficulty = Some(model.ease.iter().map(|ease| (1.0 - ease).exp()).collect());
    estimate
}

impl Glad {
    /// Takes the probabilities of labels from the parameters. Says by how much they moved in all.
    fn judge(&self, table: &VoteTable, truth: &mut [f64]) -> f64 {
        let k = table.classes();
        let others = (k.max(2) - 1) as f64;
        let mut moved = 0.0;
        let mut row = vec![0.0; k];
        for (item, before) in truth.chunks_exact_mut(k).enumerate() {
            row.fill(0.0);
            let ease = self.ease[item].exp();
            for (operator, label) in table.of_item(item) {
                // ln(s / ((1 - s) / others)), for s the logistic function.
                row[label] += self.ability[operator] * ease + others.ln();
            }
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            row.iter_mut().for_each(|value| *value = (*value - largest).exp());
            normalise(&mut row);
            moved += row.iter().zip(&*before).map(|(after, before)| (after - before).abs()).sum::<f64>();
            before.copy_from_slice(&row);
        }
        moved
    }

    fn step_abilities(&mut self, table: &VoteTable, truth: &[f64]) {
        let mut slope: Vec<f64> = self.ability.iter().map(|ability| 1.0 - ability).collect();
        let mut information = vec![1.0; self.ability.len()];
        for item in 0..table.items() {
            let ease = self.ease[item].exp();
            for (operator, label) in table.of_item(item) {
                let right = logistic(self.ability[operator] * ease);
                slope[operator] += ease * (truth[item * table.classes() + label] - right);
                information[operator] += ease * ease * right * (1.0 - right);
            }
        }
        for ((ability, slope), information) in self.ability.iter_mut().zip(slope).zip(information) {
            *ability += (slope / information).clamp(-LONGEST_STEP, LONGEST_STEP);
        }
    }

    fn step_eases(&mut self, table: &VoteTable, truth: &[f64]) {
        for item in 0..table.items() {
            let (mut slope, mut information) = (1.0 - self.ease[item], 1.0);
            for (operator, label) in table.of_item(item) {
                let strength = self.ability[operator] * self.ease[item].exp();
                let right = logistic(strength);
                slope += strength * (truth[item * table.classes() + label] - right);
                information += strength * strength * right * (1.0 - right);
            }
            self.ease[item] += (slope / information).clamp(-LONGEST_STEP, LONGEST_STEP);
        }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
