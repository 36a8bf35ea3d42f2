//! The stop rule: when an image has enough votes.

use crate::{Decision, Snapshot, Vote, plurality, worth};

/// The name of the rule that decides while too little is known of the voters.
pub const LEAD: &str = "lead";

/// The odds that a voter of whom nothing is known is right: three times out of four.
const UNKNOWN_ODDS: f64 = 3.0;
/// A snapshot is looked at if it was learned from at least this many votes.
const TRUSTED_FROM: u64 = 100;

/// When to stop asking: a fixed redundancy with more votes on a tie, or as soon as the decision is sure enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopRule {
    redundancy: u16,
    max_votes: u16,
    /// More than a half and less than 1; none for the fixed rule.
    confidence: Option<f64>,
}

// A confidence is never NaN.
impl Eq for StopRule {}

/// Numbers that do not make a stop rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitStopRule;

impl std::fmt::Display for UnfitStopRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "the redundancy must be at least 1, the most votes not less than it, and a confidence between 0.5 and 1",
        )
    }
}

impl std::error::Error for UnfitStopRule {}

/// What to do with an image that has the votes it wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It wants one more vote.
    OneMore {
        /// What that is [worth](crate::worth), 0 to 1; 1 under the fixed rule, which does not ask how sure a label is.
        worth: f64,
    },
    /// It is decided.
    Decided(Decision),
}

impl StopRule {
    /// `redundancy` votes, and on a tie one more at a time until there are `max_votes`.
    ///
    /// # Errors
    /// If `redundancy` is 0 or more than `max_votes`.
    pub fn new(redundancy: u16, max_votes: u16) -> Result<Self, UnfitStopRule> {
        if redundancy == 0 || max_votes < redundancy {
            return Err(UnfitStopRule);
        }
        Ok(Self { redundancy, max_votes, confidence: None })
    }

    /// At least `redundancy` votes, and then one more at a time until the decision has this `confidence` or there are
    /// `max_votes`. While voters are hardly known the decision must be surer than that.
    ///
    /// # Errors
    /// If the numbers of votes make no rule, or `confidence` is not between 0.5 and 1, both excluded.
    pub fn until(confidence: f64, redundancy: u16, max_votes: u16) -> Result<Self, UnfitStopRule> {
        if !(confidence > 0.5 && confidence < 1.0) {
            return Err(UnfitStopRule);
        }
        Ok(Self { confidence: Some(confidence), ..Self::new(redundancy, max_votes)? })
    }

    /// How many votes an image wants at first.
    #[must_use]
    pub fn redundancy(&self) -> u16 {
        self.redundancy
    }

    /// How many votes an image gets at most.
    #[must_use]
    pub fn max_votes(&self) -> u16 {
        self.max_votes
    }

    /// How sure a decision must be; `None` for the fixed rule, which does not look at snapshots.
    #[must_use]
    pub fn confidence(&self) -> Option<f64> {
        self.confidence
    }

    /// Judges the votes of an image in the order in which they came, with the newest snapshot of its task if there is
    /// one. Fewer than the redundancy are never enough; the maximum always is, and contested only if labels are tied.
    #[must_use]
    pub fn judge(&self, votes: &[Vote], snapshot: Option<&Snapshot>) -> Verdict {
        if votes.len() < usize::from(self.redundancy) {
            return Verdict::OneMore { worth: 1.0 };
        }
        let last = votes.len() >= usize::from(self.max_votes);
        match self.decide(votes, snapshot) {
            Some(decision) if last || self.is_sure(&decision) => Verdict::Decided(decision),
            Some(decision) if self.confidence.is_some() => Verdict::OneMore { worth: worth(decision.confidence) },
            _ => Verdict::OneMore { worth: 1.0 },
        }
    }

    fn is_sure(&self, decision: &Decision) -> bool {
        match self.confidence {
            Some(confidence) => decision.confidence >= confidence,
            None => !decision.contested(),
        }
    }

    /// Decides with the votes at hand, however few; `None` where there are none. The fixed rule decides by plurality.
    /// The other one decides by the snapshot, and by the lead of a label while the snapshot knows too little: as if
    /// voters were right three times of four, which is Wald's sequential test of two labels.
    #[must_use]
    pub fn decide(&self, votes: &[Vote], snapshot: Option<&Snapshot>) -> Option<Decision> {
        let counted = plurality(votes)?;
        match (self.confidence, snapshot) {
            (None, _) => Some(counted),
            (Some(_), Some(snapshot)) if snapshot.votes() >= TRUSTED_FROM => snapshot.decide(votes),
            _ => Some(lead(counted)),
        }
    }
}

/// What the numbers of votes tell by themselves.
fn lead(counted: Decision) -> Decision {
    let labels = counted.counts.iter().map(|count| usize::from(count.label.0) + 1).max().unwrap_or(0);
    let most = counted.counts.first().map_or(0, |count| count.votes);
    let mut probabilities = vec![0.0; labels];
    for count in &counted.counts {
        // Relative to the first, so that nothing grows beyond bounds.
        probabilities[usize::from(count.label.0)] = UNKNOWN_ODDS.powi(count.votes as i32 - most as i32);
    }
    // A label without votes is possible too.
    let unvoted = UNKNOWN_ODDS.powi(-(most as i32));
    let sum = probabilities.iter().sum::<f64>() + if counted.counts.len() == 1 { unvoted } else { 0.0 };
    probabilities.iter_mut().for_each(|value| *value /= sum);
    counted.for_most_probable(&probabilities, LEAD, None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Label, Operator};

    fn vote(label: u16) -> Vote {
        Vote { operator: Operator(0), label: Label(label) }
    }

    #[test]
    fn a_rule_without_votes_or_with_a_maximum_below_the_redundancy_is_none() {
        assert_eq!(StopRule::new(0, 3), Err(UnfitStopRule));
        assert_eq!(StopRule::new(4, 3), Err(UnfitStopRule));
        assert!(StopRule::new(3, 3).is_ok());
    }

    #[test]
    fn a_tie_asks_for_one_more_until_the_maximum() {
        let rule = StopRule::new(2, 4).expect("fit");
        let mut votes = vec![vote(0)];
        assert_eq!(rule.judge(&votes, None), Verdict::OneMore { worth: 1.0 });
        votes.push(vote(1));
        assert_eq!(rule.judge(&votes, None), Verdict::OneMore { worth: 1.0 });
        votes.push(vote(2));
        assert_eq!(rule.judge(&votes, None), Verdict::OneMore { worth: 1.0 });
        votes.push(vote(3));
        let Verdict::Decided(decision) = rule.judge(&votes, None) else { panic!("the maximum ends it") };
        assert_eq!((decision.label, decision.tied.len()), (Label(0), 4));
    }

    #[test]
    fn a_confidence_of_a_half_or_of_one_makes_no_rule() {
        for confidence in [f64::NAN, 0.0, 0.5, 1.0, 2.0] {
            assert_eq!(StopRule::until(confidence, 2, 5), Err(UnfitStopRule), "{confidence}");
        }
        assert_eq!(StopRule::until(0.9, 3, 2), Err(UnfitStopRule));
        assert_eq!(StopRule::until(0.9, 2, 5).map(|rule| rule.confidence()), Ok(Some(0.9)));
    }

    #[test]
    fn while_nothing_is_known_a_lead_decides() {
        let rule = StopRule::until(0.95, 2, 9).expect("fit");
        let judge = |labels: &[u16]| {
            let votes: Vec<Vote> = labels.iter().map(|&label| vote(label)).collect();
            match rule.judge(&votes, None) {
                Verdict::OneMore { .. } => None,
                Verdict::Decided(decision) => Some((decision.label.0, decision.rule, decision.contested())),
            }
        };
        assert_eq!(judge(&[1, 1]), None);
        assert_eq!(judge(&[1, 1, 1]), Some((1, LEAD, false)));
        assert_eq!(judge(&[1, 1, 0, 1]), None);
        assert_eq!(judge(&[1, 1, 0, 1, 1]), Some((1, LEAD, false)));
        // The maximum ends it: by what leads, contested only where nothing does.
        assert_eq!(judge(&[0, 1, 0, 1, 0, 1, 0, 1, 0]), Some((0, LEAD, false)));
        assert_eq!(judge(&[0, 1, 2, 1, 0, 2, 0, 1, 2]), Some((0, LEAD, true)));
    }

    proptest! {
        #[test]
        fn every_sequence_of_votes_ends_between_the_redundancy_and_the_maximum(
            redundancy in 1u16..6, extra in 0u16..4, labels in prop::collection::vec(0u16..3, 10)
        ) {
            let rule = StopRule::new(redundancy, redundancy + extra).expect("fit");
            let mut votes = Vec::new();
            let mut labels = labels.into_iter();
            let decision = loop {
                match rule.judge(&votes, None) {
                    Verdict::OneMore { .. } => votes.push(vote(labels.next().expect("at most nine votes"))),
                    Verdict::Decided(decision) => break decision,
                }
            };
            let given = u16::try_from(votes.len()).expect("few");
            prop_assert!((redundancy..=redundancy + extra).contains(&given));
            prop_assert!(!decision.contested() || given == redundancy + extra);
        }
    }
}
