//! Votes of real people, where the folder beside the repository has them; their owners keep them.

use std::path::{Path, PathBuf};

use labelmesh_consensus::replay::replay;
use labelmesh_consensus::simulate::Simulated;
use labelmesh_consensus::{Ballot, Method, StopRule};

use crate::families::{differences, estimate, figures};

/// The recorded set of this name, or a plain word that there is none.
fn recorded(name: &str) -> Option<Simulated> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/crowd").join(name);
    let (Ok(votes), Ok(truths)) =
        (std::fs::read_to_string(folder.join("label.csv")), std::fs::read_to_string(folder.join("truth.csv")))
    else {
        eprintln!("NOT RUN: ../shared/crowd/{name} is not there");
        return None;
    };
    let rows = |text: &str| -> Vec<Vec<u32>> {
        text.lines().skip(1).map(|line| line.split(',').map(|n| n.parse().expect("a number")).collect()).collect()
    };
    let label = |number: u32| u16::try_from(number).expect("a label");
    let ballots: Vec<Ballot> =
        rows(&votes).iter().map(|row| Ballot { item: row[0], operator: row[1], label: label(row[2]) }).collect();
    let mut known = rows(&truths);
    known.sort();
    let operators = ballots.iter().map(|ballot| ballot.operator as usize + 1).max().expect("votes");
    let truth: Vec<u16> = known.iter().map(|row| label(row[1])).collect();
    let size = (truth.len(), operators, 2);
    Some(Simulated { ballots, truth, size })
}

fn sets() -> impl Iterator<Item = (&'static str, Simulated)> {
    ["bluebird", "possent"].into_iter().filter_map(|name| Some((name, recorded(name)?)))
}

#[test]
fn each_method_has_its_known_accuracy() {
    // Published, or measured with crowd-kit 1.4.2. Its MACE numbers workers and labels as they appear but has its
    // results sorted, so rows and columns change places (.7685 and .953 on the files as they are); these are its
    // figures where both orders are one.
    let known = [
        (Method::Plurality, 0.7593, 0.9335),
        (Method::Wawa, 0.7593, 0.9510),
        (Method::Zbs, 0.7593, 0.9530),
        (Method::DawidSkene, 0.8889, 0.9600),
        (Method::OneCoin, 0.5833, 0.9490),
        (Method::Glad, 0.7222, 0.9480),
        (Method::Mace, 0.8611, 0.9570),
    ];
    for (name, crowd) in sets() {
        for (method, bluebird, possent) in known {
            let reference = if name == "bluebird" { bluebird } else { possent };
            let accuracy = crowd.accuracy_of(&estimate(&crowd, method).labels);
            let item = 1.0 / crowd.truth.len() as f64;
            let tolerance = if method == Method::Mace { item } else { f64::max(0.005, item) } + 1e-4;
            let fits = (accuracy - reference).abs() < tolerance;
            assert!(fits, "{name}, {}: {accuracy}, known {reference}", method.name());
        }
    }
}

#[test]
fn auto_is_not_worse_than_the_best_of_the_others() {
    for (name, crowd) in sets() {
        let auto = estimate(&crowd, Method::Auto).labels;
        for method in Method::ALL {
            let difference = differences(&crowd, &auto, &estimate(&crowd, method).labels);
            assert!(share_not_below(&difference) > 0.05, "{name}: {} is better", method.name());
        }
    }
}

/// The share of paired bootstrap samples whose sum is not below zero.
fn share_not_below(difference: &[f64]) -> f64 {
    let mut state = 7u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        difference[(state >> 33) as usize % difference.len()]
    };
    let samples = 2000;
    let not_below = (0..samples).filter(|_| (0..difference.len()).map(|_| draw()).sum::<f64>() >= 0.0).count();
    not_below as f64 / f64::from(samples)
}

#[test]
fn auto_gives_what_its_reference_gives() {
    for (name, crowd) in sets() {
        let reference = if name == "bluebird" { [0.8889, 0.1014, 0.3133] } else { [0.9630, 0.0548, 0.1483] };
        let figures = figures(&crowd, &estimate(&crowd, Method::Auto));
        let apart = figures.iter().zip(reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 0.002, "{name}: {figures:?}, of the reference {reference:?}");
    }
}

#[test]
fn half_of_the_votes_are_enough_for_the_confidence_rule() {
    // The bench has the mean of 20 orders.
    for (name, confidence, orders, wanted) in [("bluebird", 0.9, 4, 0.83), ("possent", 0.9, 1, 0.945)] {
        let Some(crowd) = recorded(name) else { continue };
        let rule = StopRule::until(confidence, 3, 100).expect("fit");
        let (mut accuracy, mut used) = (0.0, 0.0);
        for seed in 0..orders {
            let replayed = replay(&crowd, rule, seed);
            accuracy += crowd.accuracy_of(&replayed.at_once) / orders as f64;
            used += replayed.votes as f64 / crowd.ballots.len() as f64 / orders as f64;
        }
        assert!(accuracy >= wanted && used <= 0.5, "{name}: {accuracy} with {used}");
    }
}
