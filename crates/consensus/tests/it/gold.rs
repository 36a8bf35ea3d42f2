//! What images of known label decide that votes can't tell.

use labelmesh_consensus::simulate::{Family, Simulated, Simulation};
use labelmesh_consensus::{Basis, Estimate, Known, Label, Ledger, Method, Snapshot, StopRule, Vote, calibration};

use crate::families::{differences, estimate, in_errors};
use crate::live::votes_by_item;

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

/// Accuracy and expected calibration error on the items that are not gold.
fn on_the_others(crowd: &Simulated, known: &[Known], estimate: &Estimate) -> (f64, f64) {
    let judged: Vec<(f64, bool)> = (0..crowd.truth.len())
        .filter(|&item| known.binary_search_by_key(&item, |known| known.item as usize).is_err())
        .map(|item| (estimate.confidence(item), estimate.labels[item] == crowd.truth[item]))
        .collect();
    let right = judged.iter().filter(|(_, right)| *right).count();
    (right as f64 / judged.len() as f64, calibration(&judged, 10).error)
}

/// Means over three seeds: of `auto` with thirty gold images of each label, of Dawid-Skene and of plurality; and by how
/// many standard errors the first is better than the last.
fn means(family: &Family) -> ([(f64, f64); 3], f64) {
    let (mut sums, mut apart) = ([(0.0, 0.0); 3], Vec::new());
    for seed in 1..=3 {
        let crowd = family.run(2000, seed);
        let known = gold(&crowd, 30);
        let auto = Method::Auto.estimate_with(&crowd.table().expect("it fits"), &known, 1);
        assert_eq!(auto.basis, Some(Basis::Gold { images: known.len() as u32 }));
        let others = [Method::DawidSkene, Method::Plurality].map(|method| estimate(&crowd, method));
        apart.extend(differences(&crowd, &auto.labels, &others[1].labels));
        for (sum, estimate) in sums.iter_mut().zip([&auto, &others[0], &others[1]]) {
            let (accuracy, error) = on_the_others(&crowd, &known, estimate);
            *sum = (sum.0 + accuracy / 3.0, sum.1 + error / 3.0);
        }
    }
    (sums, in_errors(&apart))
}

#[test]
fn thirty_gold_images_a_label_give_back_what_the_safe_default_gives_away() {
    for family in Family::ALL {
        let ([auto, dawid_skene, plurality], better) = means(&family);
        let name = family.name;
        println!("{name}: {auto:?}, dawid-skene {dawid_skene:?}, plurality {plurality:?}");
        assert!(better > 0.0 && auto.0 >= plurality.0, "{name}: {auto:?}, plurality {plurality:?}");
        if family.biased {
            assert!(auto.0 >= dawid_skene.0 - 0.01, "{name}: {auto:?}, dawid-skene {dawid_skene:?}");
        }
        if family.independent {
            assert!(auto.1 <= 0.05, "{name}: {auto:?}");
        }
    }
}

#[test]
fn a_snapshot_learned_with_gold_judges_as_the_estimate_does_and_says_what_it_rests_on() {
    let crowd = Family::ALL[8].run(600, 1);
    let known = gold(&crowd, 20);
    let mut ledger = Ledger::new(2);
    let items = votes_by_item(&crowd);
    for (item, votes) in items.iter().enumerate() {
        match known.iter().find(|known| known.item as usize == item) {
            Some(known) => ledger.add_known(votes, Label(known.label)).expect("it fits"),
            None => ledger.add_item(votes).expect("it fits"),
        }
    }
    assert_eq!(ledger.known(), known);
    assert!(ledger.add_known(&[], Label(2)).is_err());
    let snapshot = Snapshot::from_bytes(&Snapshot::learn(&ledger).to_bytes()).expect("it was written");
    let estimate = Method::Auto.estimate_with(ledger.table(), &known, 1);
    let rule = StopRule::until(0.8, 2, 15).expect("fit");
    let mut other = 0;
    for (item, votes) in items.iter().enumerate() {
        let decision = rule.decide(votes, Some(&snapshot)).expect("it has votes");
        assert_eq!(decision.basis, Some(Basis::Gold { images: 40 }));
        let is_known = known.iter().any(|known| known.item as usize == item);
        other += usize::from(!is_known && decision.label.0 != estimate.labels[item]);
    }
    assert!(other <= 6, "{other}");
}

#[test]
fn a_few_gold_images_change_nothing_but_their_own_labels() {
    let crowd = Simulation { items: 300, ..Simulation::default() }.run();
    let table = crowd.table().expect("it fits");
    let wrong: Vec<Known> = (0..4).map(|item| Known { item, label: 1 - crowd.truth[item as usize] }).collect();
    let with = Method::Auto.estimate_with(&table, &wrong, 1);
    assert_eq!(with.basis, Some(Basis::Usual));
    assert!(wrong.iter().all(|known| with.labels[known.item as usize] == known.label));
    let without = Method::Auto.estimate(&table, 1);
    let other = (4..300).filter(|&item| with.labels[item] != without.labels[item]).count();
    assert!(other <= 3, "{other}");
    assert_eq!(Method::DawidSkene.estimate_with(&table, &wrong, 1), Method::DawidSkene.estimate(&table, 1));
}

#[test]
fn a_decision_without_gold_rests_on_what_is_usual_and_counting_on_nothing() {
    let crowd = Simulation { items: 100, ..Simulation::default() }.run();
    let items = votes_by_item(&crowd);
    let snapshot = Snapshot::learn(&crate::live::ledger(&items, 2));
    let votes: &[Vote] = &items[0];
    assert_eq!(snapshot.decide(votes).and_then(|decision| decision.basis), Some(Basis::Usual));
    let fixed = StopRule::new(3, 5).expect("fit");
    assert_eq!(fixed.decide(votes, None).and_then(|decision| decision.basis), None);
}
