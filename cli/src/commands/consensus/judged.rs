//! From votes to an estimate.

use std::{collections::BTreeMap, time::Duration};

use labelmesh_consensus::{
    Agreement, Alike, Ballot, Basis, Estimate, Known, Method, VoteTable, Warning, agreement, warnings,
};
use tokio::time::Instant;

use super::{gold::Gold, memory};
use crate::{
    exit::{Exit, Failure},
    votes::Votes,
};

/// What a method made of the votes. Items, workers and labels stand in sorted order inside, and so do an item's votes,
/// so that no sum depends on how a file is sorted; the functions take the numbers that they have in the file.
pub(super) struct Judged {
    pub(super) method: Method,
    pub(super) agreement: Agreement,
    /// How long deciding took, without reading.
    pub(super) took: Duration,
    /// Votes of a worker who had voted for the item before.
    pub(super) repeated: usize,
    estimate: Estimate,
    table: VoteTable,
    item_places: Vec<u32>,
    worker_places: Vec<u32>,
    /// The number in the file of each label.
    labels: Vec<u32>,
}

impl Judged {
    pub(super) fn judge(votes: &Votes, gold: Option<&Gold>, method: Method, seed: u64) -> Result<Self, Failure> {
        if votes.ballots.is_empty() {
            return Err(Failure::new(Exit::Refused, "there are no votes in the file"));
        }
        let (item_places, worker_places, label_places) =
            (votes.items.places(), votes.workers.places(), votes.labels.places());
        let label_at = |label: u32| u16::try_from(label_places[label as usize]).expect("as many as were read");
        let sorted = |ballot: &Ballot| Ballot {
            item: item_places[ballot.item as usize],
            operator: worker_places[ballot.operator as usize],
            label: label_at(ballot.label.into()),
        };
        let known_at = |&(item, label): &(u32, u32)| Known { item: item_places[item as usize], label: label_at(label) };
        let ballots: Vec<Ballot> = votes.ballots.iter().map(sorted).collect();
        let table = VoteTable::new(votes.items.len(), votes.workers.len(), votes.labels.len(), &ballots)
            .expect("every number was counted")
            .sorted();
        drop(ballots);
        memory::check(method, &table.size())?;
        let mut known: Vec<Known> = gold.map_or(&[][..], |gold| &gold.known).iter().map(known_at).collect();
        known.sort_unstable();
        let begun = Instant::now();
        let estimate = method.estimate_with(&table, &known, seed);
        let took = begun.elapsed();
        let labels = inverse(&label_places);
        let (agreement, repeated) = (agreement(&table), repeated(&table));
        Ok(Self { method, agreement, took, repeated, estimate, table, item_places, worker_places, labels })
    }

    /// What confidences rest on; none where the method does not learn as `auto` does.
    pub(super) fn basis(&self) -> Option<Basis> {
        self.estimate.basis
    }

    /// The label of an item, as the number it has in the file.
    pub(super) fn label(&self, item: u32) -> u32 {
        self.labels[usize::from(self.estimate.labels[self.place(item)])]
    }

    /// How sure the method is of an item's label, 0 to 1.
    pub(super) fn confidence(&self, item: u32) -> f64 {
        self.estimate.confidence(self.place(item))
    }

    /// How many votes each label got of an item, the most first, equally many in sorted order.
    pub(super) fn counts(&self, item: u32) -> Vec<(u32, usize)> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, label) in self.table.of_item(self.place(item)) {
            *counts.entry(label).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(label, count)| (self.labels[label], count)).collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        counts
    }

    /// What is known of a worker: votes, accuracy, its standard error, and how often others agree.
    pub(super) fn worker(&self, worker: u32) -> (u32, f64, f64, Option<f64>) {
        let place = self.place_of_worker(worker);
        let known = &self.estimate.operators[place];
        (known.votes, known.accuracy, known.standard_error, self.agreement.by_operator[place])
    }

    /// What is odd about the votes, each as a sentence.
    pub(super) fn warnings(&self, votes: &Votes) -> Vec<String> {
        let workers = inverse(&self.worker_places);
        let worker = |place: usize| votes.workers.name(workers[place]);
        let label = |place: usize| votes.labels.name(self.labels[place]);
        let sentence = |warning: Warning| match warning {
            Warning::FarFromCounting { items } => format!(
                "{} of {} items have another label than the one with the most votes; known labels would show which is \
                 right",
                items,
                self.table.items()
            ),
            Warning::NobodysLabel { label: place } => format!("nobody has given the label '{}'", label(place)),
            Warning::EverybodysLabel { label: place } => {
                format!("hardly anybody has given another label than '{}'", label(place))
            }
            Warning::OneLabel { operator, label: place, votes } => {
                format!("worker '{}' has given '{}' in all of {votes} votes", worker(operator), label(place))
            }
            Warning::Alike(Alike { operators: (one, other), shared, .. }) => format!(
                "workers '{}' and '{}' share {shared} mistakes, as if one copied the other",
                worker(one),
                worker(other)
            ),
        };
        warnings(&self.table, &self.estimate).into_iter().map(sentence).collect()
    }

    /// Where an item stands when all are sorted.
    pub(super) fn place(&self, item: u32) -> usize {
        self.item_places[item as usize] as usize
    }

    /// Where a worker stands when all are sorted.
    pub(super) fn place_of_worker(&self, worker: u32) -> usize {
        self.worker_places[worker as usize] as usize
    }
}

/// The number in the file of what stands at each place.
fn inverse(places: &[u32]) -> Vec<u32> {
    let mut numbers = vec![0; places.len()];
    for (number, &place) in (0..).zip(places) {
        numbers[place as usize] = number;
    }
    numbers
}

fn repeated(table: &VoteTable) -> usize {
    let mut repeated = 0;
    let mut operators = Vec::new();
    for item in 0..table.items() {
        operators.clear();
        operators.extend(table.of_item(item).map(|(operator, _)| operator));
        operators.sort_unstable();
        let all = operators.len();
        operators.dedup();
        repeated += all - operators.len();
    }
    repeated
}
