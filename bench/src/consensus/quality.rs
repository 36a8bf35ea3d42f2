//! How good `auto` is, and how sure it says it is, on recorded sets and made families, with and without gold.

use anyhow::Result;
use labelmesh_consensus::replay::replay_with;
use labelmesh_consensus::simulate::{Family, Simulated};
use labelmesh_consensus::{Estimate, Known, Method, StopRule, calibration, log_loss};

use super::recorded::Recorded;

/// How large made sets are, in how many of them a family is looked at, and how large those are that are replayed.
const ITEMS: u32 = 2_000;
const SEEDS: u64 = 10;
const REPLAYED_ITEMS: u32 = 600;
/// How many gold images of each label there are.
const GOLD: usize = 30;
const CONFIDENCES: [f64; 3] = [0.8, 0.9, 0.95];
const LEAST: u16 = 3;
const MOST: u16 = 100;

/// Prints accuracy, calibration error and log-loss of each set, and what replays decide.
pub(super) fn measure(recorded: &[Recorded], orders: u64) -> Result<()> {
    println!("{:>20} {:>18} {:>18} {:>18} {:>18}", "", "plurality", "auto", "dawid-skene", "auto with gold");
    for Recorded { name, crowd } in recorded {
        line(name, std::slice::from_ref(crowd))?;
    }
    for family in Family::ALL {
        let crowds: Vec<Simulated> = (1..=SEEDS).map(|seed| family.run(ITEMS, seed)).collect();
        line(family.name, &crowds)?;
    }
    println!(
        "\n{:>20} {:>5} {:>6} {:>8} {:>7} {:>7} {:>9}",
        "replay", "gold", "sure", "decided", "right", "votes", "at once"
    );
    let made = [0, 2, 8].map(|family: usize| (Family::ALL[family].name, Family::ALL[family].run(REPLAYED_ITEMS, 1)));
    let sets = recorded.iter().map(|set| (set.name.as_str(), &set.crowd));
    for (name, crowd) in sets.chain(made.iter().map(|(name, crowd)| (*name, crowd))) {
        // A small set has no more gold than a third of its items.
        let of_each = GOLD.min(crowd.truth.len() / crowd.size.2 / 3);
        for gold in [Vec::new(), gold(crowd, of_each)] {
            for confidence in CONFIDENCES {
                replays(name, crowd, &gold, confidence, orders)?;
            }
        }
    }
    Ok(())
}

fn line(name: &str, crowds: &[Simulated]) -> Result<()> {
    let mut sums = [[0.0; 3]; 4];
    for crowd in crowds {
        let (table, gold) = (crowd.table()?, gold(crowd, GOLD));
        let methods = [(Method::Plurality, None), (Method::Auto, None), (Method::DawidSkene, None)];
        for (sum, (method, known)) in sums.iter_mut().zip(methods.into_iter().chain([(Method::Auto, Some(&gold))])) {
            let known = known.map_or(&[][..], Vec::as_slice);
            let figures = figures(crowd, &method.estimate_with(&table, known, 1), known);
            sum.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure / crowds.len() as f64);
        }
    }
    let shown = sums.map(|[accuracy, error, loss]| format!("{accuracy:.3}/{error:.3}/{loss:.3}"));
    println!("{name:>20} {:>18} {:>18} {:>18} {:>18}", shown[0], shown[1], shown[2], shown[3]);
    Ok(())
}

/// The first items of each label, so many of each.
fn gold(crowd: &Simulated, of_each: usize) -> Vec<Known> {
    let mut left = vec![of_each; crowd.size.2];
    let mut known = Vec::new();
    for (item, &label) in (0..).zip(&crowd.truth) {
        if left[usize::from(label)] > 0 {
            left[usize::from(label)] -= 1;
            known.push(Known { item, label });
        }
    }
    known
}

/// The items that are not gold.
fn others(crowd: &Simulated, gold: &[Known]) -> Vec<usize> {
    let is_gold = |item: usize| gold.binary_search_by_key(&item, |known| known.item as usize).is_ok();
    (0..crowd.truth.len()).filter(|&item| !is_gold(item)).collect()
}

/// Accuracy, expected calibration error and log-loss on the items that are not gold.
fn figures(crowd: &Simulated, estimate: &Estimate, gold: &[Known]) -> [f64; 3] {
    let items = others(crowd, gold);
    let right = |item: usize| estimate.labels[item] == crowd.truth[item];
    let judged: Vec<(f64, bool)> = items.iter().map(|&item| (estimate.confidence(item), right(item))).collect();
    let given: Vec<f64> = items.iter().map(|&item| estimate.of_item(item)[usize::from(crowd.truth[item])]).collect();
    let accuracy = judged.iter().filter(|(_, right)| *right).count() as f64 / judged.len().max(1) as f64;
    [accuracy, calibration(&judged, 10).error, log_loss(&given, 1e-6)]
}

/// Means over orders: how many images the rule decided as sure, the share of them that is right, the share of votes
/// that were used, and the accuracy of all.
fn replays(name: &str, crowd: &Simulated, gold: &[Known], confidence: f64, orders: u64) -> Result<()> {
    let items = others(crowd, gold);
    let offered = crowd.ballots.iter().filter(|vote| items.binary_search(&(vote.item as usize)).is_ok()).count();
    let (mut decided, mut right, mut used, mut all) = (0.0, 0.0, 0.0, 0.0);
    for seed in 1..=orders {
        let replayed = replay_with(crowd, StopRule::until(confidence, LEAST, MOST)?, gold, seed);
        for &item in &items {
            let is_right = f64::from(u8::from(replayed.at_once[item] == crowd.truth[item]));
            let sure = f64::from(u8::from(replayed.sure[item].is_some_and(|sure| sure >= confidence)));
            decided += sure;
            right += sure * is_right;
            all += is_right;
        }
        used += replayed.votes as f64 / offered as f64;
    }
    let orders = orders as f64;
    println!(
        "{name:>20} {:>5} {confidence:>6} {:>8.0} {:>7.3} {:>7.3} {:>9.3}",
        gold.len(),
        decided / orders,
        right / f64::max(decided, 1.0),
        used / orders,
        all / orders / items.len() as f64
    );
    Ok(())
}
