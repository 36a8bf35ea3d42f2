//! What a stop rule would have made of recorded votes.

use crate::random::SplitMix;
use crate::simulate::Simulated;
use crate::{Label, Ledger, Method, Operator, Snapshot, StopRule, Verdict, Vote};

/// How a rule fared.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// How many votes were counted before their image was decided; all others were not needed.
    pub votes: usize,
    /// How many snapshots were learned.
    pub snapshots: usize,
    /// The label of each item when it was decided, or when there were no more votes.
    pub at_once: Vec<u16>,
    /// The label of each item by the final estimate from all counted votes.
    pub labels: Vec<u16>,
    /// The probabilities of these labels.
    pub confidences: Vec<f64>,
}

/// Offers all votes to the rule in an order that follows from the seed. A vote for an image that is open is counted,
/// and the rule is asked when the image has the votes it wants; others are not needed. A snapshot is learned whenever
/// one is due, and open images are judged anew with it. At the end all images are decided once more with all that is
/// known then.
#[must_use]
pub fn replay(crowd: &Simulated, rule: StopRule, seed: u64) -> Replayed {
    let mut order: Vec<usize> = (0..crowd.ballots.len()).collect();
    let mut random = SplitMix::new(seed);
    for place in (1..order.len()).rev() {
        order.swap(place, random.below(place + 1));
    }
    let mut run = Run::new(crowd, rule);
    for vote in order {
        run.offer(vote);
    }
    run.finish()
}

struct Run<'a> {
    crowd: &'a Simulated,
    rule: StopRule,
    votes: Vec<Vec<Vote>>,
    wanted: Vec<usize>,
    decided: Vec<Option<u16>>,
    counted: usize,
    snapshots: usize,
    snapshot: Option<Snapshot>,
}

impl<'a> Run<'a> {
    fn new(crowd: &'a Simulated, rule: StopRule) -> Self {
        let items = crowd.truth.len();
        Self {
            crowd,
            rule,
            votes: vec![Vec::new(); items],
            wanted: vec![usize::from(rule.redundancy()); items],
            decided: vec![None; items],
            counted: 0,
            snapshots: 0,
            snapshot: None,
        }
    }

    fn offer(&mut self, vote: usize) {
        let ballot = self.crowd.ballots[vote];
        let item = ballot.item as usize;
        if self.decided[item].is_some() {
            return;
        }
        self.votes[item].push(Vote { operator: Operator(u128::from(ballot.operator)), label: Label(ballot.label) });
        self.counted += 1;
        if self.votes[item].len() >= self.wanted[item] {
            self.judge(item, true);
        }
        let learned_from = self.snapshot.as_ref().map_or(0, Snapshot::votes);
        if self.rule.confidence().is_some() && Snapshot::is_due(learned_from, self.counted as u64, self.crowd.size.2) {
            self.snapshot = Some(Snapshot::learn(&self.ledger()));
            self.snapshots += 1;
            for item in 0..self.votes.len() {
                if self.decided[item].is_none() && self.votes[item].len() >= usize::from(self.rule.redundancy()) {
                    self.judge(item, false);
                }
            }
        }
    }

    fn judge(&mut self, item: usize, ask: bool) {
        match self.rule.judge(&self.votes[item], self.snapshot.as_ref()) {
            Verdict::Decided(decision) => self.decided[item] = Some(decision.label.0),
            Verdict::OneMore { .. } if ask => self.wanted[item] = self.votes[item].len() + 1,
            Verdict::OneMore { .. } => {}
        }
    }

    fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new(self.crowd.size.2);
        self.votes.iter().for_each(|votes| ledger.add_item(votes).unwrap_or(()));
        ledger
    }

    fn finish(self) -> Replayed {
        let final_estimate = Method::Auto.estimate(self.ledger().table(), 0);
        let at_once = self.decided.iter().zip(&self.votes).map(|(decided, votes)| {
            decided.or_else(|| Some(self.rule.decide(votes, self.snapshot.as_ref())?.label.0)).unwrap_or(0)
        });
        Replayed {
            votes: self.counted,
            snapshots: self.snapshots,
            at_once: at_once.collect(),
            confidences: (0..self.votes.len()).map(|item| final_estimate.confidence(item)).collect(),
            labels: final_estimate.labels,
        }
    }
}
