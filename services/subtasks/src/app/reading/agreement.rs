//! How far the operators of a task agree, for its owner.

use labelmesh_consensus::{Alike, Method, Operator, Reliability};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use uuid::Uuid;

use crate::app::App;
use crate::app::gather::gather;
use crate::app::turn::Line;
use crate::store::tasks;

/// How many votes are looked at: the newest.
const MOST_VOTES: usize = 1_000_000;
/// How many operators are told of: those with the most votes.
const MOST_OPERATORS: usize = 1_000;
/// How many pairs are told of: those who share the most mistakes.
const MOST_PAIRS: usize = 100;

/// How far the operators of a task agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// How many votes were looked at.
    pub votes: usize,
    /// How many images have them.
    pub images: usize,
    /// How many operators have given them.
    pub operators: usize,
    /// Whether there are more votes.
    pub truncated: bool,
    /// Krippendorff's alpha.
    pub krippendorff_alpha: Option<f64>,
    /// Fleiss' kappa.
    pub fleiss_kappa: Option<f64>,
    /// By operator, the one with the most votes first.
    pub by_operator: Vec<OfOperator>,
    /// By label, in the task's order.
    pub by_label: Vec<OfLabel>,
    /// The snapshot of reliabilities; none where they were learned for this.
    pub snapshot: Option<u32>,
    /// Pairs who agree far beyond their accuracies, those who share the most mistakes first.
    pub alike: Vec<AlikePair>,
}

/// Two operators who agree far beyond their accuracies.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikePair {
    /// Their pseudonyms.
    pub operators: [String; 2],
    /// How they agree.
    pub found: Alike,
}

/// How far an operator agrees with the others.
#[derive(Debug, Clone, PartialEq)]
pub struct OfOperator {
    /// The operator's pseudonym.
    pub operator: String,
    /// How many votes.
    pub votes: u32,
    /// The share of others' votes for the same images that say the same.
    pub agreement: Option<f64>,
    /// How far the operator can be relied on.
    pub reliability: Option<Reliability>,
}

/// How far operators agree about a label.
#[derive(Debug, Clone, PartialEq)]
pub struct OfLabel {
    /// The label.
    pub label: String,
    /// How many votes it got.
    pub votes: u64,
    /// The chance that a second vote says the same.
    pub agreement: Option<f64>,
}

/// Compares the votes of a task with each other. Reliabilities come from the newest snapshot; where the task's rule
/// learns none, they are learned for this answer.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's; OVERLOADED where too many of its owner's tasks wait.
pub async fn agreement(app: &App, reach: Reach, task: TaskId) -> Result<Agreement> {
    let mut db = app.pool.acquire().await?;
    let own = tasks::within(&mut db, reach, task).await?;
    let pseudonyms = app.names.of_task(&mut db, task).await?;
    drop(db);
    let terms = own.terms.as_ref().ok_or_else(|| Error::not_found("task"))?;
    let snapshot = app.snapshots.refresh(&app.pool, task, own.snapshot).await?;
    let snapshot = snapshot.and_then(|read| Some((read.version, read.snapshot?)));
    let version = snapshot.as_ref().map(|(version, _)| *version);
    let turn = app.turn(Line::Client(own.owner())).await?;
    let gathered = gather(app, &own, terms, MOST_VOTES).await?;
    let (ledger, truncated) = (gathered.ledger, !gathered.whole);
    let computed = turn.compute(move || {
        let agreement = labelmesh_consensus::agreement(ledger.table());
        let reliabilities: Vec<Option<Reliability>> = match &snapshot {
            Some((_, snapshot)) => ledger.operators().iter().map(|&operator| snapshot.reliability(operator)).collect(),
            None => Method::Auto.estimate(ledger.table(), 0).operators.into_iter().map(Some).collect(),
        };
        let mut alike = labelmesh_consensus::alike(ledger.table());
        alike.truncate(MOST_PAIRS);
        (ledger, agreement, reliabilities, alike)
    });
    let (ledger, agreement, reliabilities, alike) = computed.await?;
    let table = ledger.table();
    let mut given = vec![0u64; table.classes()];
    (0..table.items()).flat_map(|item| table.of_item(item)).for_each(|(_, label)| given[label] += 1);
    let name = |operator: &Operator| pseudonyms.of(task, UserId::from(Uuid::from_u128(operator.0)));
    let operators = ledger.operators().iter().zip(table.votes_by_operator());
    let operators = operators.zip(agreement.by_operator).zip(reliabilities);
    let mut by_operator: Vec<_> = operators
        .map(|(((operator, votes), agreement), reliability)| (operator, votes, agreement, reliability))
        .collect();
    by_operator.sort_by_key(|&(_, votes, ..)| std::cmp::Reverse(votes));
    by_operator.truncate(MOST_OPERATORS);
    let by_operator = by_operator.into_iter().map(|(operator, votes, agreement, reliability)| OfOperator {
        operator: name(operator),
        votes,
        agreement,
        reliability,
    });
    let alike = alike.into_iter().map(|found| {
        let (one, other) = found.operators;
        AlikePair { operators: [one, other].map(|number| name(&ledger.operators()[number])), found }
    });
    let by_label = terms.labels().iter().zip(given).zip(agreement.by_label);
    Ok(Agreement {
        votes: table.votes(),
        images: table.items(),
        operators: table.operators(),
        truncated,
        krippendorff_alpha: agreement.krippendorff_alpha,
        fleiss_kappa: agreement.fleiss_kappa,
        by_operator: by_operator.collect(),
        by_label: by_label
            .map(|((label, votes), agreement)| OfLabel { label: label.clone(), votes, agreement })
            .collect(),
        snapshot: version,
        alike: alike.collect(),
    })
}
