//! What a stop rule would have made of recorded votes.

use crate::random::SplitMix;
use crate::simulate::Simulated;
use crate::{Known, Label, Ledger, Method, Operator, Snapshot, StopRule, Verdict, Vote};

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
    /// How sure the rule was of the label of each item when it was decided; none where votes came to an end before.
    pub sure: Vec<Option<f64>>,
}

/// Offers all votes to the rule in an order that follows from the seed. A vote for an image that is open is counted,
/// and the rule is asked when the image has the votes it wants; others are not needed. A snapshot is learned whenever
/// one is due, and open images are judged anew with it. At the end all images are decided once more with all that is
/// known then.
#[must_use]
pub fn replay(crowd: &Simulated, rule: StopRule, seed: u64) -> Replayed {
    replay_with(crowd, rule, &[], seed)
}

/// The same where some items are gold, sorted: their votes are answers that decide nothing and are not counted, and are
/// learned from.
#[must_use]
pub fn replay_with(crowd: &Simulated, rule: StopRule, gold: &[Known], seed: u64) -> Replayed {
    let mut order: Vec<usize> = (0..crowd.ballots.len()).collect();
    let mut random = SplitMix::new(seed);
    for place in (1..order.len()).rev() {
        order.swap(place, random.below(place + 1));
    }
    let mut run = Run::new(crowd, rule, gold);
    for vote in order {
        run.offer(vote);
    }
    run.finish()
}

struct Run<'a> {
    crowd: &'a Simulated,
    rule: StopRule,
    gold: &'a [Known],
    votes: Vec<Vec<Vote>>,
    wanted: Vec<usize>,
    decided: Vec<Option<u16>>,
    sure: Vec<Option<f64>>,
    counted: usize,
    answers: usize,
    snapshots: usize,
    snapshot: Option<Snapshot>,
}

impl<'a> Run<'a> {
    fn new(crowd: &'a Simulated, rule: StopRule, gold: &'a [Known]) -> Self {
        let items = crowd.truth.len();
        Self {
            crowd,
            rule,
            gold,
            votes: vec![Vec::new(); items],
            wanted: vec![usize::from(rule.redundancy()); items],
            decided: vec![None; items],
            sure: vec![None; items],
            counted: 0,
            answers: 0,
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
        if self.is_gold(item) {
            self.answers += 1;
        } else {
            self.counted += 1;
            if self.votes[item].len() >= self.wanted[item] {
                self.judge(item, true);
            }
        }
        let learned_from = self.snapshot.as_ref().map_or(0, Snapshot::votes);
        if self.rule.confidence().is_some()
            && Snapshot::is_due(learned_from, (self.counted + self.answers) as u64, self.crowd.size.2)
        {
            self.snapshot = Some(Snapshot::learn(&self.ledger()));
            self.snapshots += 1;
            for item in 0..self.votes.len() {
                let waits = self.decided[item].is_none() && !self.is_gold(item);
                if waits && self.votes[item].len() >= usize::from(self.rule.redundancy()) {
                    self.judge(item, false);
                }
            }
        }
    }

    fn is_gold(&self, item: usize) -> bool {
        self.gold.binary_search_by_key(&item, |known| known.item as usize).is_ok()
    }

    fn judge(&mut self, item: usize, ask: bool) {
        match self.rule.judge(&self.votes[item], self.snapshot.as_ref()) {
            Verdict::Decided(decision) => {
                self.decided[item] = Some(decision.label.0);
                self.sure[item] = Some(decision.confidence);
            }
            Verdict::OneMore { .. } if ask => self.wanted[item] = self.votes[item].len() + 1,
            Verdict::OneMore { .. } => {}
        }
    }

    fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new(self.crowd.size.2);
        let mut gold = self.gold.iter().peekable();
        for (item, votes) in self.votes.iter().enumerate() {
            let added = match gold.next_if(|known| known.item as usize == item) {
                Some(known) => ledger.add_known(votes, Label(known.label)),
                None => ledger.add_item(votes),
            };
            added.unwrap_or(());
        }
        ledger
    }

    fn finish(self) -> Replayed {
        let final_estimate = Method::Auto.estimate_with(self.ledger().table(), self.gold, 0);
        let at_once = self.decided.iter().zip(&self.votes).map(|(decided, votes)| {
            decided.or_else(|| Some(self.rule.decide(votes, self.snapshot.as_ref())?.label.0)).unwrap_or(0)
        });
        Replayed {
            votes: self.counted,
            snapshots: self.snapshots,
            at_once: at_once.collect(),
            confidences: (0..self.votes.len()).map(|item| final_estimate.confidence(item)).collect(),
            labels: final_estimate.labels,
            sure: self.sure,
        }
    }
}
