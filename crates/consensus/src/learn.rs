//! What votes teach, in both views of a crowd, and what gold decides between them.

use crate::belief::Belief;
use crate::crowd::{Centring, View};
use crate::pool::{self, Pool};
use crate::probabilities::most_probable;
use crate::{Basis, Estimate, Known, VoteTable};

/// With fewer gold images the usual settings stand: so few answers prove nothing, and a client would take the basis for
/// more than it is.
const LEAST_GOLD: usize = 10;

/// What the settings other than the usual ones must be worth, in nats of the log-loss on all gold images. They are a
/// prior: with ten gold images a label most of what is true of a made crowd comes through, with thirty all of it.
const OTHER_CENTRING: f64 = 1.5;
const ONE_VIEW: f64 = 1.0;
const TRUSTING: f64 = 1.0;
const TENTH_OF_CORRELATION: f64 = 0.5;

/// How far the crowd's own confusion may be taken back: as far as operators are alike; not at all, because the crowd is
/// biased and gold shows it; or wholly.
const CENTRINGS: [Centring; 3] = [Centring::ByLikeness, Centring::Fixed(0.0), Centring::Fixed(1.0)];
/// How far votes may err together. Gold is never taken to show that they don't at all: with 0 the surest of recorded
/// votes, replayed with few gold images, are right less often than they say.
const CORRELATIONS: [f64; 6] = [0.03, 0.06, 0.1, 0.2, 0.3, 0.5];
/// What is left of doubt where gold shows that the crowds can be trusted and counting adds nothing.
const LEAST_DOUBT: f64 = 0.02;

/// What was learned.
pub(crate) struct Learned {
    pub(crate) beliefs: [Belief; View::ALL.len()],
    pub(crate) pool: Pool,
    pub(crate) basis: Basis,
}

/// Learns in both views of the crowd. Where labels are known (sorted by item), the settings that votes can't tell are
/// those under which votes alone would have found these labels best. Items without votes tell nothing.
pub(crate) fn learn(table: &VoteTable, known: &[Known]) -> Learned {
    let known: Vec<Known> =
        known.iter().copied().filter(|known| table.votes_of_item(known.item as usize) > 0).collect();
    let hard_items = Belief::learn(table, View::EasyAndHard, Centring::ByLikeness, &known);
    if known.len() < LEAST_GOLD {
        let centred = Belief::learn(table, View::Centred, Centring::ByLikeness, &known);
        return Learned { beliefs: [centred, hard_items], pool: Pool::USUAL, basis: Basis::Usual };
    }
    let mut hard_items = hard_items;
    let by_hard_items = opinions(&mut hard_items, table, &known);
    let weights = weights(table, &known);
    let mut best: Option<(f64, Belief, Pool)> = None;
    for centring in CENTRINGS {
        let mut centred = Belief::learn(table, View::Centred, centring, &known);
        let opinions = [&opinions(&mut centred, table, &known)[..], &by_hard_items];
        let trial = Trial { table, known: &known, weights: &weights, opinions };
        let (loss, pool) = trial.best_pool(centring);
        if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
            best = Some((loss, centred, pool));
        }
    }
    let images = u32::try_from(known.len()).unwrap_or(u32::MAX);
    match best {
        Some((_, centred, pool)) => Learned { beliefs: [centred, hard_items], pool, basis: Basis::Gold { images } },
        None => unreachable!("there is more than one centring"),
    }
}

fn opinions(belief: &mut Belief, table: &VoteTable, known: &[Known]) -> Vec<Vec<f64>> {
    let of = |known: &Known| belief.by_votes(known.item as usize, table.of_item(known.item as usize));
    known.iter().map(of).collect()
}

/// How much a gold image of each label counts. Gold is chosen, often as many of each label; what is fitted by it is for
/// images as they are. So a label's images count as much together as its share of the votes, and all together as much
/// as so unequal weights are worth (Kish's effective sample size).
fn weights(table: &VoteTable, known: &[Known]) -> Vec<f64> {
    let mut weights = table.given();
    let mut gold = vec![0.0; table.classes()];
    known.iter().for_each(|known| gold[usize::from(known.label)] += 1.0);
    weights.iter_mut().zip(&gold).for_each(|(weight, gold)| *weight = if *gold > 0.0 { *weight / gold } else { 0.0 });
    let sum = |power: i32| weights.iter().zip(&gold).map(|(weight, gold)| gold * weight.powi(power)).sum::<f64>();
    let scale = sum(1) / sum(2).max(f64::MIN_POSITIVE);
    weights.iter_mut().for_each(|weight| *weight *= scale);
    weights
}

/// What both views say of gold images.
struct Trial<'a> {
    table: &'a VoteTable,
    known: &'a [Known],
    weights: &'a [f64],
    opinions: [&'a [Vec<f64>]; 2],
}

impl Trial<'_> {
    /// The settings that lose least, with what they lose.
    fn best_pool(&self, centring: Centring) -> (f64, Pool) {
        let (other, margin) = match centring {
            Centring::ByLikeness => (0.0, Pool::USUAL.margin),
            // Gold shows that the crowd is biased: counting is what errs, and is owed no margin.
            Centring::Fixed(share) => (OTHER_CENTRING, if share == 0.0 { 1.0 } else { Pool::USUAL.margin }),
        };
        let mut best = (f64::INFINITY, Pool::USUAL);
        for (hard_items, one_view) in [(1.0, 0.0), (0.0, ONE_VIEW)] {
            for (shares, doubt, trusting) in
                [(Pool::USUAL.shares, Pool::USUAL.doubt, 0.0), (0.0, LEAST_DOUBT, TRUSTING)]
            {
                for correlation in CORRELATIONS {
                    let pool = Pool { correlation, shares, hard_items, doubt, margin };
                    let unusual = (correlation - Pool::USUAL.correlation).abs() * 10.0 * TENTH_OF_CORRELATION;
                    let loss = self.loss(&pool) + other + one_view + trusting + unusual;
                    if loss < best.0 {
                        best = (loss, pool);
                    }
                }
            }
        }
        best
    }

    /// The weighted log-loss on all gold images together.
    fn loss(&self, pool: &Pool) -> f64 {
        let k = self.table.classes();
        let given = self.table.given();
        let (mut counts, mut pooled) = (vec![0.0; k], vec![0.0; k]);
        let mut loss = 0.0;
        for (number, known) in self.known.iter().enumerate() {
            pool::count(self.table.of_item(known.item as usize), &mut counts);
            pool.of(self.opinions.map(|opinions| opinions[number].as_slice()), &counts, &given, &mut pooled);
            let label = usize::from(known.label);
            loss -= self.weights[label] * pooled[label].max(1e-6).ln();
        }
        loss
    }
}

impl Learned {
    /// What is known of a set of votes, which are those that it was learned from.
    pub(crate) fn estimate(&self, table: &VoteTable) -> Estimate {
        estimate(&self.beliefs, table, &self.pool, self.basis)
    }
}

/// What beliefs say of a set of votes together; the votes are those that they learned from.
pub(crate) fn estimate(beliefs: &[Belief; 2], table: &VoteTable, pool: &Pool, basis: Basis) -> Estimate {
    let k = table.classes();
    let given = table.given();
    let mut probabilities = vec![0.0; table.items() * k];
    let mut room = Room::new(k);
    for (item, row) in probabilities.chunks_exact_mut(k).enumerate() {
        room.pool(beliefs, (item, table.of_item(item)), &given, pool, row);
    }
    let crowds = || beliefs.iter().map(|belief| &belief.crowd);
    Estimate {
        classes: k,
        labels: most_probable(&probabilities, &table.votes_by_label()),
        probabilities,
        operators: (0..table.operators()).map(|operator| pool::reliability(crowds(), operator)).collect(),
        difficulty: None,
        sweeps: beliefs.iter().map(|belief| belief.sweeps).sum(),
        basis: Some(basis),
    }
}

/// Room to pool an item's opinions in.
pub(crate) struct Room {
    opinions: [Vec<f64>; 2],
    counts: Vec<f64>,
}

impl Room {
    pub(crate) fn new(classes: usize) -> Self {
        Self { opinions: [vec![0.0; classes], vec![0.0; classes]], counts: vec![0.0; classes] }
    }

    /// What beliefs say of one item with these votes.
    pub(crate) fn pool(
        &mut self,
        beliefs: &[Belief; 2],
        (item, votes): (usize, impl Iterator<Item = (usize, usize)>),
        given: &[f64],
        pool: &Pool,
        pooled: &mut [f64],
    ) {
        for (belief, opinion) in beliefs.iter().zip(&mut self.opinions) {
            opinion.iter_mut().zip(belief.classes_of(item)).for_each(|(value, probability)| *value = probability);
        }
        pool::count(votes, &mut self.counts);
        pool.of(self.opinions.each_ref().map(Vec::as_slice), &self.counts, given, pooled);
    }
}
