//! What a task's votes tell about its operators, at one moment and for ever.

use crate::belief::first_belief;
use crate::crowd::{Crowd, LANES, Reader, Scratch, View, put, round};
use crate::learn::learn;
use crate::pool::{Pool, count, reliability};
use crate::{Basis, Decision, Ledger, Operator, Reliability, Vote, plurality};

/// The name of the rule by which a snapshot decides.
pub const AUTO: &str = "auto";

/// What the bytes begin with: the format's number. Bytes of another format are not read.
const FORMAT: u8 = 3;
/// The format of the release before.
const FORMER_FORMAT: u8 = 2;
/// How often the votes of an item are judged again, each time without what the time before taught.
const MOST_ROUNDS: u32 = 6;
/// Judging again ends when no probability moves more than this.
const STILL: f64 = 1e-3;

/// The reliabilities of a task's operators, learned from all votes that there were. It never changes: a decision that
/// names the snapshot it was made with can be made again by the release that made it.
///
/// Learning is [`Method::Auto`](crate::Method::Auto) and takes as long; judging costs O(n K) for n votes and K labels.
/// It reads nothing but the snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Sorted; the position is the operator's number in each crowd.
    operators: Vec<Operator>,
    /// One for each view.
    crowds: [Crowd; View::ALL.len()],
    pool: Pool,
    basis: Basis,
    /// How many votes each label got.
    given: Vec<f64>,
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
        let mut given = ledger.table().given();
        given.iter_mut().for_each(round);
        let learned = learn(ledger.table(), ledger.known());
        Self {
            operators: order.iter().map(|&number| ledger.operators()[number]).collect(),
            crowds: learned.beliefs.map(|belief| belief.crowd.panel(order.iter().copied()).rounded()),
            pool: learned.pool.rounded(),
            basis: learned.basis,
            given,
            votes: ledger.table().votes() as u64,
            items: ledger.table().items() as u64,
        }
    }

    /// What its confidences rest on.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// How many gold images it rests on; 0 where it rests on what is usual.
    fn gold_images(&self) -> u32 {
        match self.basis {
            Basis::Usual => 0,
            Basis::Gold { images } => images,
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
        let known = votes.iter().filter(|vote| usize::from(vote.label.0) < k);
        // Who is not in the snapshot has a number that nobody has.
        let numbered: Vec<(usize, usize)> =
            known.map(|vote| (self.number(vote.operator).unwrap_or(usize::MAX), usize::from(vote.label.0))).collect();
        let mut counts = vec![0.0; k];
        count(numbered.iter().copied(), &mut counts);
        let opinions = self.crowds.each_ref().map(|crowd| settle(crowd, &numbered, &counts));
        let mut pooled = vec![0.0; k];
        self.pool.of(opinions.each_ref().map(Vec::as_slice), &counts, &self.given, &mut pooled);
        pooled
    }

    fn classes(&self) -> usize {
        self.crowds[0].classes()
    }

    /// Decides for the most probable label; `None` where there are no votes. The confidence is its probability. Labels
    /// of equal probability are tied, and among them the one stands that plurality would have stand.
    #[must_use]
    pub fn decide(&self, votes: &[Vote]) -> Option<Decision> {
        let counted = plurality(votes)?;
        Some(counted.for_most_probable(&self.judge(votes), AUTO, Some(self.basis)))
    }

    /// The snapshot as bytes: 24 K^2 + 16 K, 42 an operator, and 12 K^2 more for one with a confusion matrix.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend((self.classes() as u32).to_le_bytes());
        bytes.extend((self.operators.len() as u32).to_le_bytes());
        bytes.extend(self.votes.to_le_bytes());
        bytes.extend(self.items.to_le_bytes());
        bytes.extend(self.gold_images().to_le_bytes());
        put(&self.pool.numbers(), &mut bytes);
        put(&self.given, &mut bytes);
        self.crowds.iter().for_each(|crowd| crowd.write_shared(&mut bytes));
        for (number, operator) in self.operators.iter().enumerate() {
            bytes.extend(operator.0.to_le_bytes());
            self.crowds.iter().for_each(|crowd| crowd.write_operator(number, &mut bytes));
        }
        bytes
    }

    /// The snapshot that [`to_bytes`](Self::to_bytes) wrote, in this release or the one before. What that one learned
    /// is pooled as this one does, so that its confidences mean what they mean now.
    ///
    /// # Errors
    /// If the bytes are cut short, have something left over, or are of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnreadableSnapshot> {
        Self::parse(bytes).ok_or(UnreadableSnapshot)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let former = match reader.bytes()? {
            [FORMAT] => false,
            [FORMER_FORMAT] => true,
            _ => return None,
        };
        let classes = u32::from_le_bytes(reader.bytes()?) as usize;
        let number = u32::from_le_bytes(reader.bytes()?);
        let votes = u64::from_le_bytes(reader.bytes()?);
        let items = u64::from_le_bytes(reader.bytes()?);
        let (mut pool, mut basis, mut given) = (Pool::USUAL.rounded(), Basis::Usual, Vec::new());
        if !former {
            let images = u32::from_le_bytes(reader.bytes()?);
            basis = if images > 0 { Basis::Gold { images } } else { Basis::Usual };
            pool = Pool::from_numbers(reader.numbers(5)?.try_into().ok()?);
            given = reader.numbers(classes)?;
        }
        let mut read = || match former {
            true => Crowd::read_former(classes, &mut reader),
            false => Crowd::read_shared(classes, &mut reader),
        };
        let mut crowds = [read()?, read()?];
        if former {
            given = crowds[0].common().to_vec();
        }
        let mut operators = Vec::new();
        for _ in 0..number {
            operators.push(Operator(u128::from_le_bytes(reader.bytes()?)));
            for crowd in &mut crowds {
                crowd.read_operator(&mut reader)?;
            }
        }
        let whole = classes > 0 && reader.0.is_empty() && operators.is_sorted_by(|a, b| a < b);
        whole.then_some(Self { operators, crowds, pool, basis, given, votes, items })
    }
}

/// Judges an item again and again, each time without what the time before taught the crowd of its voters.
fn settle(crowd: &Crowd, votes: &[(usize, usize)], counts: &[f64]) -> Vec<f64> {
    let states = crowd.states();
    let mut truth = vec![[0.0; LANES]; crowd.width()];
    first_belief(counts, crowd.kinds(), &mut truth.as_flattened_mut()[..states]);
    let mut scratch = Scratch::default();
    let number = crowd.read(votes.iter().copied(), &mut scratch);
    for _ in 0..MOST_ROUNDS {
        crowd.judge(0..number, &truth, &mut scratch);
        let mut moved = 0.0;
        for (value, &judged) in truth.as_flattened_mut().iter_mut().zip(scratch.states()) {
            moved = f64::max(moved, (f64::from(*value) - judged).abs());
            *value = judged as f32;
        }
        if moved < STILL {
            break;
        }
    }
    scratch.states()[..states].chunks_exact(crowd.kinds()).map(|states| states.iter().sum()).collect()
}
