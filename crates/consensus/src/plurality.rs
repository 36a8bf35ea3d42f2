//! The label with the most votes.

use std::collections::BTreeMap;

use crate::{Count, Decision, Label, Vote};

/// The name of the rule.
pub const PLURALITY: &str = "plurality";

/// What is known of one label.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    votes: u32,
    /// The position of the vote that brought it to `votes`.
    reached_at: usize,
}

/// Decides by plurality; `None` where there are no votes. The votes are given in the order in which they came.
///
/// The confidence is the share of the votes that the standing label got. Among labels with equally many votes the one
/// stands that reached this number first.
#[must_use]
pub fn plurality(votes: &[Vote]) -> Option<Decision> {
    let tallies = tally(votes);
    // Equal votes: the smaller position wins, so it is compared the other way round. No two labels share a position.
    let by_standing = |tally: &Tally| (tally.votes, std::cmp::Reverse(tally.reached_at));
    let (&label, first) = tallies.iter().max_by_key(|(_, tally)| by_standing(tally))?;
    let leaders: Vec<Label> =
        tallies.iter().filter(|(_, tally)| tally.votes == first.votes).map(|(&label, _)| label).collect();
    Some(Decision {
        label,
        confidence: f64::from(first.votes) / votes.len() as f64,
        tied: if leaders.len() > 1 { leaders } else { Vec::new() },
        counts: counts(&tallies),
        rule: PLURALITY,
        basis: None,
    })
}

fn tally(votes: &[Vote]) -> BTreeMap<Label, Tally> {
    let mut tallies = BTreeMap::<Label, Tally>::new();
    for (position, vote) in votes.iter().enumerate() {
        let tally = tallies.entry(vote.label).or_default();
        tally.votes += 1;
        tally.reached_at = position;
    }
    tallies
}

fn counts(tallies: &BTreeMap<Label, Tally>) -> Vec<Count> {
    let mut counts: Vec<Count> = tallies.iter().map(|(&label, tally)| Count { label, votes: tally.votes }).collect();
    // Stable: equal ones stay in the task's order.
    counts.sort_by_key(|count| std::cmp::Reverse(count.votes));
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Operator;

    fn votes(labels: &[u16]) -> Vec<Vote> {
        labels
            .iter()
            .zip(1..)
            .map(|(&label, operator)| Vote { operator: Operator(operator), label: Label(label) })
            .collect()
    }

    #[test]
    fn no_votes_make_no_decision() {
        assert_eq!(plurality(&[]), None);
    }

    #[test]
    fn the_label_with_the_most_votes_stands() {
        let decision = plurality(&votes(&[3, 1, 3])).expect("votes");
        assert_eq!((decision.label, decision.contested()), (Label(3), false));
        assert!((decision.confidence - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(decision.counts, [Count { label: Label(3), votes: 2 }, Count { label: Label(1), votes: 1 }]);
    }

    #[test]
    fn of_tied_labels_the_one_that_got_there_first_stands() {
        // 5 has two votes after the third, 2 only after the fourth, though the first vote was for it.
        let decision = plurality(&votes(&[2, 5, 5, 2])).expect("votes");
        assert_eq!((decision.label, decision.tied.as_slice()), (Label(5), [Label(2), Label(5)].as_slice()));
        let decision = plurality(&votes(&[7, 4])).expect("votes");
        assert_eq!((decision.label, decision.tied.as_slice()), (Label(7), [Label(4), Label(7)].as_slice()));
    }

    proptest! {
        #[test]
        fn the_counts_are_those_of_the_votes(labels in prop::collection::vec(0u16..6, 1..40)) {
            let decision = plurality(&votes(&labels)).expect("votes");
            for count in &decision.counts {
                let given = labels.iter().filter(|&&label| label == count.label.0).count();
                prop_assert_eq!(given, count.votes as usize);
            }
            prop_assert_eq!(decision.counts.iter().map(|count| count.votes as usize).sum::<usize>(), labels.len());
            prop_assert!(decision.counts.is_sorted_by(|a, b| a.votes >= b.votes));
        }

        #[test]
        fn nobody_has_more_votes_than_the_standing_label(labels in prop::collection::vec(0u16..6, 1..40)) {
            let decision = plurality(&votes(&labels)).expect("votes");
            let most = decision.counts[0].votes;
            let standing = decision.counts.iter().find(|count| count.label == decision.label).expect("it has votes");
            prop_assert_eq!(standing.votes, most);
            prop_assert!((decision.confidence - f64::from(most) / labels.len() as f64).abs() < 1e-12);
            let leaders: Vec<Label> = decision.counts.iter().filter(|count| count.votes == most).map(|count| count.label).collect();
            prop_assert_eq!(decision.contested(), leaders.len() > 1);
            prop_assert!(!decision.contested() || decision.tied == leaders);
        }

        #[test]
        fn without_a_tie_the_order_of_votes_is_nothing(
            (given, shuffled) in prop::collection::vec(0u16..4, 1..20)
                .prop_flat_map(|labels| (Just(labels.clone()), Just(labels).prop_shuffle()))
        ) {
            let (given, shuffled) = (plurality(&votes(&given)), plurality(&votes(&shuffled)));
            let (given, shuffled) = (given.expect("votes"), shuffled.expect("votes"));
            prop_assert_eq!(&given.tied, &shuffled.tied);
            prop_assert_eq!(&given.counts, &shuffled.counts);
            prop_assert!(given.contested() || given.label == shuffled.label);
        }

        #[test]
        fn a_vote_that_only_ties_does_not_unseat(labels in prop::collection::vec(0u16..3, 1..20), next in 0u16..3) {
            let before = plurality(&votes(&labels)).expect("votes");
            let mut labels = labels;
            labels.push(next);
            let after = plurality(&votes(&labels)).expect("votes");
            if after.contested() {
                let lead_before = before.counts[0].votes;
                // The newcomer drew level; whoever had that number already still stands.
                prop_assert!(after.counts[0].votes > lead_before || after.label == before.label);
            }
        }
    }
}
