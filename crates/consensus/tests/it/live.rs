//! Snapshots: what is learned in the background and read by each vote.

use labelmesh_consensus::replay::replay;
use labelmesh_consensus::simulate::{Simulated, Simulation};
use labelmesh_consensus::{AUTO, Estimate, Label, Ledger, Live, Method, Operator, Snapshot, StopRule, Verdict, Vote};

/// The votes of each item, under names that are not in the order of the numbers.
pub(crate) fn votes_by_item(crowd: &Simulated) -> Vec<Vec<Vote>> {
    let mut items = vec![Vec::new(); crowd.truth.len()];
    for ballot in &crowd.ballots {
        let operator = Operator(u128::from(ballot.operator).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        items[ballot.item as usize].push(Vote { operator, label: Label(ballot.label) });
    }
    items
}

pub(crate) fn ledger(items: &[Vec<Vote>], classes: usize) -> Ledger {
    let mut ledger = Ledger::new(classes);
    items.iter().for_each(|votes| ledger.add_item(votes).expect("labels fit"));
    ledger
}

/// How far the most probable labels and the probabilities are from an estimate: share and mean.
fn distance(snapshot: &Snapshot, items: &[Vec<Vote>], estimate: &Estimate) -> (f64, f64) {
    let (mut other_label, mut distance) = (0.0, 0.0);
    for (item, votes) in items.iter().enumerate() {
        let judged = snapshot.judge(votes);
        let expected = estimate.of_item(item);
        let decision = snapshot.decide(votes).expect("it has votes");
        other_label += f64::from(u8::from(decision.label.0 != estimate.labels[item]));
        distance += judged.iter().zip(expected).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
    }
    (other_label / items.len() as f64, distance / items.len() as f64)
}

#[test]
fn a_snapshot_judges_as_the_estimate_it_comes_from() {
    for classes in [2, 3, 5] {
        let crowd = Simulation { classes, bias: 0.5, hard: 0.2, hardness: 0.5, ..Simulation::default() }.run();
        let items = votes_by_item(&crowd);
        let ledger = ledger(&items, usize::from(classes));
        let estimate = Method::Auto.estimate(ledger.table(), 1);
        let (labels, probabilities) = distance(&Snapshot::learn(&ledger), &items, &estimate);
        assert!(labels <= 0.01 && probabilities <= 0.02, "{classes} labels: {labels}, {probabilities}");
    }
}

#[test]
fn a_snapshot_that_was_stored_judges_as_before() {
    let crowd = Simulation { classes: 4, items: 200, ..Simulation::default() }.run();
    let items = votes_by_item(&crowd);
    let snapshot = Snapshot::learn(&ledger(&items, 4));
    let stored = snapshot.to_bytes();
    let read = Snapshot::from_bytes(&stored).expect("it was written");
    assert_eq!(read.to_bytes(), stored);
    assert_eq!((read.votes(), read.votes()), (1000, snapshot.votes()));
    for votes in &items {
        assert_eq!(read.judge(votes), snapshot.judge(votes));
        assert_eq!(read.reliability(votes[0].operator), snapshot.reliability(votes[0].operator));
    }
}

/// What the release before learned of five operators and 160 votes.
fn of_the_release_before() -> Vec<u8> {
    let digits: Vec<u8> =
        include_bytes!("snapshot_of_before.hex").iter().copied().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).expect("digits"), 16).expect("hexadecimal");
    digits.chunks_exact(2).map(byte).collect()
}

#[test]
fn a_snapshot_of_the_release_before_is_read_and_judges_with_the_doubt_of_today() {
    let bytes = of_the_release_before();
    let snapshot = Snapshot::from_bytes(&bytes).expect("the format of the release before");
    assert_eq!(snapshot.votes(), 160);
    let vote = |operator, label| Vote { operator: Operator(operator), label: Label(label) };
    // It said .969 itself.
    let judged = snapshot.judge(&[vote(4, 1), vote(1, 1), vote(5, 1), vote(3, 1)]);
    assert!((0.8..0.96).contains(&judged[1]), "{judged:?}");
    let known = snapshot.reliability(Operator(5)).expect("it is known");
    assert!(known.votes > 20 && known.accuracy > snapshot.reliability(Operator(1)).expect("known").accuracy);
    // What goes on from it is written as today.
    let again = Snapshot::from_bytes(&snapshot.to_bytes());
    assert!(again.is_ok_and(|read| read.judge(&[vote(4, 1)]) == snapshot.judge(&[vote(4, 1)])));
    for length in 0..bytes.len() {
        assert!(Snapshot::from_bytes(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
    }
}

#[test]
fn bytes_cut_short_or_of_another_format_are_no_snapshot() {
    let crowd = Simulation { items: 50, operators: 6, ..Simulation::default() }.run();
    let bytes = Snapshot::learn(&ledger(&votes_by_item(&crowd), 2)).to_bytes();
    for length in 0..bytes.len() {
        assert!(Snapshot::from_bytes(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
    }
    assert!(Snapshot::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    assert!(Snapshot::from_bytes(&[&[9], &bytes[1..]].concat()).is_err());
    // A number of classes that would need more memory than there is.
    assert!(Snapshot::from_bytes(&[&bytes[..1], &[0xff; 4], &bytes[5..]].concat()).is_err());
}

#[test]
fn who_is_unknown_counts_as_a_usual_member_of_the_crowd() {
    let crowd = Simulation { items: 500, accuracy: (0.8, 0.8), ..Simulation::default() }.run();
    let snapshot = Snapshot::learn(&ledger(&votes_by_item(&crowd), 2));
    let stranger = |label| Vote { operator: Operator(1), label: Label(label) };
    let one = snapshot.judge(&[stranger(1)])[1];
    assert!((0.7..0.9).contains(&one), "{one}");
    let two = snapshot.judge(&[stranger(1), Vote { operator: Operator(2), label: Label(1) }])[1];
    assert!(two > one, "{two} after {one}");
    assert!(snapshot.reliability(Operator(1)).is_none());
    // A label that the task does not have says nothing.
    assert_eq!(snapshot.judge(&[stranger(1), stranger(7)]), snapshot.judge(&[stranger(1)]));
    assert_eq!(snapshot.decide(&[]), None);
}

#[test]
fn the_confidence_rule_asks_more_where_voters_are_worse_and_ends_at_the_maximum() {
    let crowd =
        Simulation { items: 1000, operators: 20, accuracy: (0.55, 0.98), redundancy: 9, ..Simulation::default() };
    let crowd = crowd.run();
    let items = votes_by_item(&crowd);
    let snapshot = Snapshot::learn(&ledger(&items, 2));
    let name = |number: u128| Operator(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let rule = StopRule::until(0.9, 2, 4).expect("fit");
    let judge = |voters: &[u128], labels: &[u16]| {
        let votes: Vec<Vote> = voters
            .iter()
            .zip(labels)
            .map(|(&voter, &label)| Vote { operator: name(voter), label: Label(label) })
            .collect();
        rule.judge(&votes, Some(&snapshot))
    };
    let decided = |verdict| match verdict {
        Verdict::OneMore { .. } => None,
        Verdict::Decided(decision) => Some(decision),
    };
    let good = decided(judge(&[18, 19], &[1, 1])).expect("the two best agree");
    assert_eq!((good.label, good.rule, good.contested()), (Label(1), AUTO, false));
    assert!(good.confidence >= 0.9);
    assert!(matches!(judge(&[0, 1], &[1, 1]), Verdict::OneMore { worth } if (0.0..1.0).contains(&worth)));
    // The best outweighs the three worst; the maximum ends it however sure it is.
    let last = decided(judge(&[19, 0, 1, 2], &[1, 0, 0, 0])).expect("the maximum");
    assert_eq!((last.label, last.contested(), last.counts[0].label), (Label(1), false, Label(0)));
}

#[test]
fn a_snapshot_is_due_again_when_votes_have_grown_by_a_twentieth_and_by_twenty() {
    let due = |before, now| Snapshot::is_due(before, now, 2);
    assert!(!due(0, 19) && due(0, 20));
    assert!(!due(1000, 1049) && due(1000, 1050));
    assert!(!due(9_000_000, 9_049_999) && due(9_000_000, 9_050_000));
    assert!(!Snapshot::is_due(0, 2499, 1000) && Snapshot::is_due(0, 2500, 1000));
}

#[test]
fn the_confidence_rule_decides_better_with_fewer_votes() {
    let crowd = Simulation { items: 400, redundancy: 15, random: 0.1, ..Simulation::default() }.run();
    let fixed = replay(&crowd, StopRule::new(9, 9).expect("fit"), 1);
    let confident = replay(&crowd, StopRule::until(0.9, 3, 15).expect("fit"), 1);
    assert!(confident.votes < fixed.votes * 9 / 10, "{} and {}", confident.votes, fixed.votes);
    let (fixed, confident) = (crowd.accuracy_of(&fixed.at_once), crowd.accuracy_of(&confident.labels));
    assert!(confident > fixed, "{confident} and {fixed}");
}

/// The votes in an order in which the items come again and again, as they do in life.
fn mixed(crowd: &Simulated) -> Vec<labelmesh_consensus::Ballot> {
    let mut ballots = crowd.ballots.clone();
    let mut state = 1u64;
    for place in (1..ballots.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ballots.swap(place, (state >> 33) as usize % (place + 1));
    }
    ballots
}

#[test]
fn vote_by_vote_comes_to_what_all_at_once_does() {
    let usual = Simulation { items: 600, operators: 50, redundancy: 12, ..Simulation::default() };
    let crowds = [
        usual.clone(),
        Simulation { items: 100, bias: 0.8, ..usual.clone() },
        Simulation { hard: 0.3, hardness: 0.7, ..usual.clone() },
        Simulation { classes: 4, bias: 0.5, random: 0.1, constant: 0.1, ..usual.clone() },
    ];
    for crowd in crowds.map(|crowd| crowd.run()) {
        let mut live = Live::new(crowd.size.2);
        for ballot in mixed(&crowd) {
            live.vote(ballot.item as usize, ballot.operator, ballot.label);
        }
        let batch = Method::Auto.estimate(&crowd.table().expect("it fits"), 1);
        let distance = |live: &Estimate| {
            let items = crowd.truth.len() as f64;
            let other = live.labels.iter().zip(&batch.labels).filter(|(a, b)| a != b).count() as f64 / items;
            let moved = live.probabilities.iter().zip(&batch.probabilities).map(|(a, b)| (a - b).abs());
            (other, moved.sum::<f64>() / 2.0 / items)
        };
        let (labels, probabilities) = distance(&live.estimate());
        assert!(labels <= 0.015 && probabilities <= 0.03, "{labels}, {probabilities}");
        live.settle();
        assert_eq!(distance(&live.estimate()), (0.0, 0.0));
    }
}

#[test]
fn a_revised_vote_leaves_nothing_of_the_one_before() {
    let crowd = Simulation { items: 60, operators: 10, ..Simulation::default() }.run();
    let (mut straight, mut revised) = (Live::new(2), Live::new(2));
    for ballot in &crowd.ballots {
        straight.vote(ballot.item as usize, ballot.operator, ballot.label);
        revised.vote(ballot.item as usize, ballot.operator, 1 - ballot.label);
    }
    for ballot in &crowd.ballots {
        revised.vote(ballot.item as usize, ballot.operator, ballot.label);
    }
    straight.settle();
    revised.settle();
    assert_eq!(straight.estimate(), revised.estimate());
    assert_eq!(Live::new(4).of_item(3), [0.25; 4]);
}
