//! What a task's votes tell about its operators, at one moment and for ever.

use crate::belief::learn;
use crate::blend::{blend, reliability};
use crate::crowd::{Crowd, Errors, Reader};
use crate::probabilities::first_belief;
use crate::{Decision, Ledger, Operator, Reliability, Vote, plurality};

/// The name of the rule by which a snapshot decides.
pub const AUTO: &str = "auto";

/// What the bytes begin with: the format's number. Bytes of another format are not read.
const FORMAT: u8 = 2;
/// How often the votes of an item are judged again, each time without what the time before taught.
const MOST_ROUNDS: u32 = 6;
/// Judging again ends when no probability moves more than this.
const STILL: f64 = 1e-3;

/// The reliabilities of a task's operators, learned from all votes that there were. It never changes: a decision that
/// names the snapshot it was made with can be made again.
///
/// Learning is [`Method::Auto`](crate::Method::Auto) and takes as long; judging costs O(n K) for n votes and K labels,
/// and K^2 more for each voter with a matrix, which is copied. It reads nothing but the snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Sorted; the position is the operator's number in each crowd.
    operators: Vec<Operator>,
    /// One for each assumption.
    crowds: Vec<Crowd>,
    votes: u64,
    items: u64,
}

/// Bytes that are no snapshot of the format that this release writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadableSnapshot;

impl std::fmt::Display for UnreadableSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the bytes are no snapshot of reliabilities in a known format")
    }
}

impl std::error::Error for UnreadableSnapshot {}

impl Snapshot {
    /// The number of new votes after which a snapshot is due, however many there were before.
    pub const MOST_NEW: u64 = 50_000;

    /// Learns from all votes of a task, those of decided and those of open images. The same votes in the same order
    /// make the same snapshot.
    #[must_use]
    pub fn learn(ledger: &Ledger) -> Self {
        let mut order: Vec<usize> = (0..ledger.operators().len()).collect();
        order.sort_unstable_by_key(|&number| ledger.operators()[number]);
        Self {
            operators: order.iter().map(|&number| ledger.operators()[number]).collect(),
            crowds: learn(ledger.table())
                .map(|belief| belief.crowd.panel(order.iter().copied().map(Some)).rounded())
                .into(),
            votes: ledger.table().votes() as u64,
            items: ledger.table().items() as u64,
        }
    }

    /// The number of votes that it was made from.
    #[must_use]
    pub fn votes(&self) -> u64 {
        self.votes
    }

    /// Whether a task that has `votes` votes by now should have a new snapshot: they grew by 20 and by a twentieth, or
    /// by [`MOST_NEW`](Self::MOST_NEW). With more than 89 labels a snapshot, of K^2 numbers, waits for K^2 / 400 votes.
    /// So up to a million votes all snapshots of a task together cost about twenty times the last one.
    #[must_use]
    pub fn is_due(learned_from: u64, votes: u64, classes: usize) -> bool {
        let least = u64::max(20, (classes as u64).saturating_mul(classes as u64) / 400);
        let wanted = u64::max(least, learned_from / 20).min(Self::MOST_NEW);
        votes >= learned_from.saturating_add(wanted)
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Operator>() * self.operators.len() + self.crowds.iter().map(Crowd::size).sum::<usize>()
    }

    /// How far an operator can be relied on; `None` for one without votes.
    #[must_use]
    pub fn reliability(&self, operator: Operator) -> Option<Reliability> {
        self.number(operator).map(|number| reliability(self.crowds.iter(), number))
    }

    /// The number of answers on which what is known of these voters rests: the average of their own answers on other
    /// images, or a hundredth of everybody's if that is more, because strangers are known as members of the crowd.
    pub(crate) fn acquaintance(&self, votes: &[Vote]) -> f64 {
        let others =
            |vote: &Vote| self.number(vote.operator).map_or(0.0, |number| self.crowds[0].votes_of(number) - 1.0);
        let own = votes.iter().map(others).sum::<f64>() / votes.len().max(1) as f64;
        own.max(self.votes as f64 / 100.0)
    }

    fn number(&self, operator: Operator) -> Option<usize> {
        self.operators.binary_search(&operator).ok()
    }

    /// The probability of each label of an image with these votes. An unknown voter is taken for a usual member of the
    /// crowd; a label beyond the task's is ignored.
    ///
    /// The votes are taken to be among those that the snapshot was made from, and each voter is judged without them, so
    /// that no vote vouches for itself. Where they came later this forgets one of the voter's other votes, which errs
    /// to the side of doubt.
    #[must_use]
    pub fn judge(&self, votes: &[Vote]) -> Vec<f64> {
        let k = self.classes();
        let known = || votes.iter().filter(|vote| usize::from(vote.label.0) < k);
        let numbered = || known().map(|vote| usize::from(vote.label.0)).enumerate();
        let mut opinions = Vec::with_capacity(self.crowds.len());
        for crowd in &self.crowds {
            let mut panel = crowd.panel(known().map(|vote| self.number(vote.operator)));
            opinions.push(settle(&mut panel, numbered()));
        }
        let mut blended = vec![0.0; k];
        blend(opinions.iter().map(Vec::as_slice), numbered(), &mut blended);
        blended
    }

    fn classes(&self) -> usize {
        self.crowds[0].classes()
    }

    /// Decides for the most probable label; `None` where there are no votes. The confidence is its probability. Labels
    /// of equal probability are tied, and among them the one stands that plurality would have stand.
    ///
    /// Where the whole crowd is known to mistake one label for another, the most probable one may have no votes.
    #[must_use]
    pub fn decide(&self, votes: &[Vote]) -> Option<Decision> {
        let counted = plurality(votes)?;
        Some(counted.for_most_probable(&self.judge(votes), AUTO))
    }

    /// The snapshot as bytes: 8 (K^2 + K), 42 an operator, and 8 K^2 more for one with a confusion matrix.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend((self.classes() as u32).to_le_bytes());
        bytes.extend((self.operators.len() as u32).to_le_bytes());
        bytes.extend(self.votes.to_le_bytes());
        bytes.extend(self.items.to_le_bytes());
        self.crowds.iter().for_each(|crowd| crowd.write_shared(&mut bytes));
        for (number, operator) in self.operators.iter().enumerate() {
            bytes.extend(operator.0.to_le_bytes());
            self.crowds.iter().for_each(|crowd| crowd.write_operator(number, &mut bytes));
        }
        bytes
    }

    /// The snapshot that [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// If the bytes are cut short, have something left over, or are of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnreadableSnapshot> {
        Self::parse(bytes).ok_or(UnreadableSnapshot)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.bytes()? != [FORMAT] {
            return None;
        }
        let classes = u32::from_le_bytes(reader.bytes()?) as usize;
        let number = u32::from_le_bytes(reader.bytes()?);
        let votes = u64::from_le_bytes(reader.bytes()?);
        let items = u64::from_le_bytes(reader.bytes()?);
        let mut crowds = Vec::new();
        for _ in Errors::ALL {
            crowds.push(Crowd::read_shared(classes, &mut reader)?);
        }
        let mut operators = Vec::new();
        for _ in 0..number {
            operators.push(Operator(u128::from_le_bytes(reader.bytes()?)));
            for crowd in &mut crowds {
                crowd.read_operator(&mut reader)?;
            }
        }
        let whole = classes > 0 && reader.0.is_empty() && operators.is_sorted_by(|a, b| a < b);
        whole.then_some(Self { operators, crowds, votes, items })
    }
}

/// Judges an item again and again, each time without what the time before taught the panel of its voters.
fn settle(panel: &mut Crowd, votes: impl Iterator<Item = (usize, usize)> + Clone) -> Vec<f64> {
    let k = panel.classes();
    let (mut truth, mut judged) = (vec![0.0; k], vec![0.0; k]);
    first_belief(&mut truth, votes.clone());
    for _ in 0..MOST_ROUNDS {
        panel.count(votes.clone(), &truth, -1.0);
        panel.judge(votes.clone(), &mut judged);
        panel.count(votes.clone(), &truth, 1.0);
        let moved = truth.iter().zip(&judged).map(|(before, after)| (before - after).abs()).fold(0.0, f64::max);
        truth.copy_from_slice(&judged);
        if moved < STILL {
            break;
        }
    }
    truth
}
