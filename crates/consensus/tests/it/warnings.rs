//! What is odd about votes.

use labelmesh_consensus::simulate::{Family, Simulated};
use labelmesh_consensus::{Alike, Ballot, Method, VoteTable, Warning, warnings};

use crate::families::estimate;

fn found(crowd: &Simulated) -> Vec<Warning> {
    warnings(&crowd.table().expect("it fits"), &estimate(crowd, Method::Auto))
}

#[test]
fn crowds_without_spammers_give_no_warning() {
    for family in Family::ALL.iter().filter(|family| !family.name.starts_with("spammers")) {
        let found = found(&family.run(1000, 3));
        assert_eq!(found, [], "{}", family.name);
    }
}

#[test]
fn spammers_are_told_by_name_and_by_how_far_labels_are_from_counted_ones() {
    let found = found(&Family::ALL[4].run(1000, 2));
    assert!(matches!(found[0], Warning::FarFromCounting { items } if items > 150), "{found:?}");
    assert!(found.iter().any(|warning| matches!(warning, Warning::OneLabel { label: 0, votes, .. } if *votes >= 10)));
}

#[test]
fn who_copies_another_is_found() {
    let mut crowd = Family::ALL[0].run(1000, 3);
    let copied: Vec<Ballot> =
        crowd.ballots.iter().filter(|vote| vote.operator == 7).map(|vote| Ballot { operator: 60, ..*vote }).collect();
    crowd.ballots.extend(copied);
    crowd.size.1 = 61;
    let found = found(&crowd);
    assert!(matches!(found[..], [Warning::Alike(Alike { operators: (7, 60), .. })]), "{found:?}");
}

#[test]
fn labels_of_nobody_and_of_everybody_are_told() {
    let ballots: Vec<Ballot> =
        (0..400).map(|vote| Ballot { item: vote / 4, operator: vote % 4, label: u16::from(vote == 17) }).collect();
    let table = VoteTable::new(100, 4, 3, &ballots).expect("it fits");
    let found = warnings(&table, &Method::Plurality.estimate(&table, 1));
    assert_eq!(found, [Warning::EverybodysLabel { label: 0 }, Warning::NobodysLabel { label: 2 }]);
}

#[test]
fn no_method_that_weighs_votes_is_sure_of_a_tie() {
    // The second operator never agrees with anybody, and weighs nothing.
    let mut ballots = Vec::new();
    for item in 0..40 {
        ballots.push(Ballot { item, operator: 0, label: 0 });
        ballots.push(Ballot { item, operator: 1, label: 1 });
        if item < 39 {
            ballots.push(Ballot { item, operator: 2, label: 0 });
        }
    }
    let table = VoteTable::new(40, 3, 2, &ballots).expect("it fits");
    for method in [Method::Wawa, Method::Zbs] {
        let estimate = method.estimate(&table, 1);
        assert_eq!(estimate.labels[39], 0);
        assert!(estimate.confidence(39) <= 0.75, "{}: {}", method.name(), estimate.confidence(39));
    }
}
