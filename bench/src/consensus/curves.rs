//! Accuracy against votes, and what confidences are worth, on recorded votes.

use std::path::Path;

use anyhow::{Context, Result};
use labelmesh_consensus::replay::replay;
use labelmesh_consensus::simulate::Simulated;
use labelmesh_consensus::{Method, StopRule, calibration};

use super::recorded::Recorded;
use crate::plot::{Line, Plot, Style, svg};

const FIXED: [u16; 8] = [1, 3, 5, 7, 9, 13, 19, 25];
const CONFIDENCES: [f64; 4] = [0.8, 0.85, 0.9, 0.95];
/// The least votes of the rule by confidence.
const LEAST: u16 = 3;
const MOST: u16 = 100;

/// The mean over all orders: votes an item, accuracy as decided, accuracy after the final estimate.
struct Mean {
    votes: f64,
    at_once: f64,
    labels: f64,
}

/// Replays all sets, prints the figures and writes two pictures.
pub(super) fn draw(sets: &[Recorded], orders: u64, folder: &Path) -> Result<()> {
    let (mut curves, mut reliability) = (Vec::new(), Vec::new());
    for Recorded { name, crowd } in sets {
        println!(
            "{name}, mean of {orders} orders\n{:>16} {:>10} {:>7} {:>8} {:>8}",
            "rule", "votes/item", "share", "at once", "final"
        );
        let (mut plain, mut learned, mut sure) = (Vec::new(), Vec::new(), Vec::new());
        let offered = crowd.ballots.len() as f64 / crowd.truth.len() as f64;
        for votes in FIXED.into_iter().filter(|&votes| f64::from(votes) <= offered) {
            let mean = mean(crowd, StopRule::new(votes, votes)?, orders);
            mean.print(&format!("fixed {votes}"), offered);
            plain.push((mean.votes, mean.at_once));
            learned.push((mean.votes, mean.labels));
        }
        for confidence in CONFIDENCES {
            let mean = mean(crowd, StopRule::until(confidence, LEAST, MOST)?, orders);
            mean.print(&format!("confidence {confidence}"), offered);
            sure.push((mean.votes, mean.at_once));
        }
        curves.push(Plot {
            title: name.clone(),
            note: String::new(),
            across: "votes per image",
            up: "accuracy",
            lines: vec![
                Line { name: "fixed number, plurality", points: plain, style: Style::Marked },
                Line { name: "fixed number, auto", points: learned, style: Style::Marked },
                Line { name: "until 0.8 to 0.95 sure, as decided", points: sure, style: Style::Marked },
            ],
            from_zero: false,
        });
        reliability.push(reliable(name, crowd)?);
    }
    write(&folder.join("votes-and-accuracy.svg"), &curves)?;
    write(&folder.join("reliability.svg"), &reliability)
}

fn write(file: &Path, plots: &[Plot]) -> Result<()> {
    std::fs::write(file, svg(plots, plots.len())).with_context(|| file.display().to_string())
}

impl Mean {
    fn print(&self, rule: &str, offered: f64) {
        let share = self.votes / offered;
        println!("{rule:>16} {:>10.2} {share:>7.3} {:>8.4} {:>8.4}", self.votes, self.at_once, self.labels);
    }
}

/// Replays in all orders, as many at once as there are processors.
fn mean(crowd: &Simulated, rule: StopRule, orders: u64) -> Mean {
    let seeds: Vec<u64> = (1..=orders).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let one = |seed: &u64| {
        let replayed = replay(crowd, rule, *seed);
        let votes = replayed.votes as f64 / crowd.truth.len() as f64;
        [votes, crowd.accuracy_of(&replayed.at_once), crowd.accuracy_of(&replayed.labels)]
    };
    let outcomes: Vec<[f64; 3]> = std::thread::scope(|scope| {
        let parts = seeds.chunks(seeds.len().div_ceil(threads).max(1));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())).collect();
        running.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    let sum = |which: usize| outcomes.iter().map(|outcome| outcome[which]).sum::<f64>() / outcomes.len().max(1) as f64;
    Mean { votes: sum(0), at_once: sum(1), labels: sum(2) }
}

fn reliable(name: &str, crowd: &Simulated) -> Result<Plot> {
    let estimate = Method::Auto.estimate(&crowd.table()?, 1);
    let judged: Vec<(f64, bool)> = (0..crowd.truth.len())
        .map(|item| (estimate.confidence(item), estimate.labels[item] == crowd.truth[item]))
        .collect();
    let calibration = calibration(&judged, 10);
    println!(
        "{name}: expected calibration error {:.3}, standard error {:.3}",
        calibration.error, calibration.standard_error
    );
    let auto = calibration.bins.iter().map(|bin| (bin.confidence, bin.accuracy)).collect();
    Ok(Plot {
        title: format!("{name}: expected calibration error {:.3}", calibration.error),
        note: String::new(),
        across: "confidence, mean of a tenth of the images",
        up: "share that is right",
        lines: vec![
            Line { name: "as good as its word", points: vec![(0.5, 0.5), (1.0, 1.0)], style: Style::Marked },
            Line { name: "auto", points: auto, style: Style::Marked },
        ],
        from_zero: false,
    })
}
