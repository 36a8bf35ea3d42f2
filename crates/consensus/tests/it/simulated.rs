//! Crowds from a seed: the truth is known because it was made up.

use labelmesh_consensus::simulate::{Simulated, Simulation};
use labelmesh_consensus::{Method, agreement};

use crate::families::{estimate, figures};

fn accuracy(crowd: &Simulated, method: Method) -> f64 {
    crowd.accuracy_of(&estimate(crowd, method).labels)
}

fn usual() -> Simulation {
    Simulation { items: 2000, ..Simulation::default() }
}

#[test]
fn every_method_beats_a_single_vote_by_far_and_its_probabilities_sum_to_one() {
    let crowd = Simulation { classes: 4, redundancy: 7, ..usual() }.run();
    for method in Method::ALL {
        let estimate = estimate(&crowd, method);
        assert!(crowd.accuracy_of(&estimate.labels) > 0.93, "{}", method.name());
        for row in estimate.probabilities.chunks_exact(4) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}", method.name());
        }
    }
}

#[test]
fn the_same_votes_and_seed_give_the_same_answer() {
    let crowd = Simulation { classes: 3, items: 300, ..usual() }.run();
    for method in Method::ALL {
        assert_eq!(estimate(&crowd, method), estimate(&crowd, method), "{}", method.name());
    }
}

#[test]
fn the_order_of_votes_decides_no_tie() {
    // Few votes an item and operators who are alike: about every third item is tied.
    let mut crowd = Simulation { classes: 3, items: 300, redundancy: 2, accuracy: (0.7, 0.7), ..usual() }.run();
    let before = Method::ALL.map(|method| estimate(&crowd, method).labels);
    crowd.ballots.reverse();
    for (method, before) in Method::ALL.into_iter().zip(before) {
        assert_eq!(estimate(&crowd, method).labels, before, "{}", method.name());
    }
}

#[test]
fn of_tied_labels_the_more_common_one_stands_and_then_the_first() {
    let ballot = |item, operator, label| labelmesh_consensus::Ballot { item, operator, label };
    let tied = [ballot(0, 0, 0), ballot(0, 1, 1), ballot(1, 0, 2), ballot(1, 1, 1), ballot(2, 0, 0), ballot(2, 1, 2)];
    let table = labelmesh_consensus::VoteTable::new(4, 2, 3, &tied).expect("it fits");
    assert_eq!(Method::Plurality.estimate(&table, 1).labels[..3], [0, 1, 0]);
    let more = [&tied[..], &[ballot(3, 0, 2), ballot(3, 1, 2)]].concat();
    let table = labelmesh_consensus::VoteTable::new(4, 2, 3, &more).expect("it fits");
    assert_eq!(Method::Plurality.estimate(&table, 1).labels, [0, 2, 2, 2]);
}

#[test]
fn auto_finds_the_operators_true_accuracies_within_its_own_doubt() {
    let simulation = Simulation { redundancy: 9, operators: 30, ..usual() };
    let estimate = estimate(&simulation.run(), Method::Auto);
    let within = (0..30)
        .filter(|&operator| {
            let truth = 0.6 + 0.35 * operator as f64 / 29.0;
            let known = estimate.operators[operator];
            (known.accuracy - truth).abs() < 3.0 * known.standard_error
        })
        .count();
    assert!(within >= 28, "{within} of 30");
}

#[test]
fn auto_does_not_care_how_operators_are_numbered() {
    let mut crowd = Simulation { operators: 1500, ..usual() }.run();
    let before = estimate(&crowd, Method::Auto).probabilities;
    // The worst third is now every third.
    crowd.ballots.iter_mut().for_each(|vote| vote.operator = vote.operator % 500 * 3 + vote.operator / 500);
    let after = estimate(&crowd, Method::Auto).probabilities;
    let apart = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart < 1e-9, "{apart}");
}

#[test]
fn auto_errs_to_the_side_of_doubt_where_operators_err_independently() {
    for (seed, hard) in [(1, 0.0), (2, 0.15), (3, 0.3)] {
        let crowd = Simulation { classes: 4, redundancy: 10, hard, hardness: 0.7, seed, ..usual() }.run();
        let auto = estimate(&crowd, Method::Auto);
        let sure: f64 = (0..crowd.truth.len()).map(|item| auto.confidence(item)).sum::<f64>() / 2000.0;
        let [accuracy, error, loss] = figures(&crowd, &auto);
        assert!(sure < accuracy && error < 0.12, "{hard}: {sure} and {accuracy}, {error}");
        assert!(loss < figures(&crowd, &estimate(&crowd, Method::Plurality))[2], "{hard}");
    }
}

#[test]
fn auto_is_hardly_worse_for_spammers() {
    for classes in [2, 4] {
        let honest = Simulation { classes, accuracy: (0.7, 0.95), redundancy: 8, ..usual() };
        let alone = accuracy(&honest.run(), Method::Auto);
        for (random, constant) in [(0.2, 0.0), (0.0, 0.2), (0.1, 0.1)] {
            // A fifth more operators and votes, all of them worthless.
            let crowd = Simulation { random, constant, operators: 50, redundancy: 10, ..honest.clone() }.run();
            let spammed = accuracy(&crowd, Method::Auto);
            assert!(spammed > alone - 0.02, "{classes} labels, {random}, {constant}: {spammed} after {alone}");
        }
    }
}

#[test]
fn auto_hardly_loses_to_counting_where_one_label_is_common() {
    for (classes, decline) in [(2, 1.0), (2, 0.25), (2, 0.05), (5, 1.0), (5, 0.4), (5, 0.1)] {
        for redundancy in [3, 5, 10] {
            let crowd = Simulation { classes, decline, redundancy, items: 1000, ..usual() }.run();
            let (auto, counted) = (accuracy(&crowd, Method::Auto), accuracy(&crowd, Method::Plurality));
            assert!(auto > counted - 0.015, "{classes}, {decline}, {redundancy}: {auto}, counted {counted}");
        }
    }
}

#[test]
fn dawid_skene_ends_in_time_though_the_votes_on_an_item_are_too_many_to_be_likely_at_all() {
    // Each way for 3,000 votes to fall is less likely than the smallest number of 64 bits.
    let crowd = Simulation { items: 10, operators: 3000, redundancy: 3000, ..usual() }.run();
    let estimate = estimate(&crowd, Method::DawidSkene);
    assert!(estimate.sweeps < 50, "{}", estimate.sweeps);
    assert_eq!(crowd.accuracy_of(&estimate.labels), 1.0);
}

#[test]
fn a_vote_alone_is_no_certainty() {
    let crowd = Simulation { redundancy: 1, ..usual() }.run();
    let estimate = estimate(&crowd, Method::Auto);
    assert!((0..crowd.truth.len()).all(|item| estimate.confidence(item) < 0.95));
}

#[test]
fn glad_finds_the_hard_items() {
    let crowd = Simulation { hard: 0.3, hardness: 1.0, redundancy: 15, accuracy: (0.85, 0.95), ..usual() }.run();
    let estimate = estimate(&crowd, Method::Glad);
    let difficulty = estimate.difficulty.as_ref().expect("GLAD has one");
    let mean = |wanted: bool| {
        let chosen: Vec<f64> = (0..crowd.truth.len())
            .filter(|&item| (estimate.labels[item] == crowd.truth[item]) == wanted)
            .map(|item| difficulty[item])
            .collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    assert!(mean(false) > 2.0 * mean(true));
}

#[test]
fn agreement_of_a_known_example() {
    // Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example C: four observers, nominal: 0.743.
    // By unit; what an observer left out is not there.
    let units: [&[u16]; 12] = [
        &[1, 1, 1],
        &[2, 2, 3, 2],
        &[3, 3, 3, 3],
        &[3, 3, 3, 3],
        &[2, 2, 2, 2],
        &[1, 2, 3, 4],
        &[4, 4, 4, 4],
        &[1, 1, 2, 1],
        &[2, 2, 2, 2],
        &[5, 5, 5],
        &[1, 1],
        &[3],
    ];
    let mut ballots = Vec::new();
    for (item, labels) in (0..).zip(units) {
        for (operator, &label) in (0..).zip(labels) {
            ballots.push(labelmesh_consensus::Ballot { item, operator, label: label - 1 });
        }
    }
    let table = labelmesh_consensus::VoteTable::new(12, 4, 5, &ballots).expect("it fits");
    let alpha = agreement(&table).krippendorff_alpha.expect("there are pairs");
    assert!((alpha - 0.743).abs() < 0.001, "{alpha}");
}

#[test]
fn perfect_agreement_is_one_and_nothing_to_compare_is_none() {
    let ballot = |item, operator, label| labelmesh_consensus::Ballot { item, operator, label };
    let table = |ballots: &[_]| labelmesh_consensus::VoteTable::new(2, 3, 2, ballots).expect("it fits");
    let same = agreement(&table(&[ballot(0, 0, 0), ballot(0, 1, 0), ballot(1, 0, 1), ballot(1, 1, 1)]));
    assert_eq!((same.krippendorff_alpha, same.fleiss_kappa), (Some(1.0), Some(1.0)));
    assert_eq!(same.by_operator, [Some(1.0), Some(1.0), None]);
    let alone = agreement(&table(&[ballot(0, 0, 0), ballot(1, 1, 1)]));
    assert_eq!((alone.krippendorff_alpha, alone.fleiss_kappa), (None, None));
}
