//! The simulated people at work: each an independent client of the REST edge.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::{
    digits::{Fingerprint, fingerprint},
    people::Person,
};
use crate::edge::{Edge, rest, text};

/// How many pictures one holds at a time: one to look at and two fetched ahead.
const HELD: u32 = 3;

/// What one person did, as the edge acknowledged it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diary {
    /// The vote for each subtask.
    pub(crate) votes: HashMap<String, u8>,
    /// How many of them were right.
    pub(crate) right: usize,
}

/// What everyone at work needs.
pub(crate) struct Work {
    /// All that is known of pictures.
    pub(crate) truths: HashMap<Fingerprint, u8>,
    /// Set when the task has ended.
    pub(crate) over: AtomicBool,
    /// Moves with each vote.
    pub(crate) bar: ProgressBar,
}

/// Lets everyone label until the work is over, all at once.
///
/// # Errors
/// If one of them can't go on.
pub(crate) async fn label(crew: Vec<(Person, Edge)>, work: Arc<Work>) -> anyhow::Result<Vec<Diary>> {
    let shifts = crew.into_iter().map(|(person, edge)| {
        let work = Arc::clone(&work);
        async move {
            let shift = tokio::spawn(async move {
                shift(&person, &edge, &work).await.with_context(|| format!("{} can't go on", person.name))
            });
            shift.await.context("an operator fell over")?
        }
    });
    try_join_all(shifts).await
}

/// One person's shift: lease, look, vote, until there is nothing left.
async fn shift(person: &Person, edge: &Edge, work: &Work) -> anyhow::Result<Diary> {
    let mut diary = Diary::default();
    while !work.over.load(Ordering::Relaxed) {
        let answer = edge.post("/v1/subtasks:lease", &json!({"count": HELD})).await?;
        let leases = answer["leases"].as_array().cloned().unwrap_or_default();
        if leases.is_empty() {
            tokio::time::sleep(rest(&answer["shortage"])).await;
        }
        for lease in leases {
            look_and_vote(person, edge, work, &lease, &mut diary).await?;
        }
    }
    Ok(diary)
}

async fn look_and_vote(
    person: &Person,
    edge: &Edge,
    work: &Work,
    lease: &Value,
    diary: &mut Diary,
) -> anyhow::Result<()> {
    let subtask = text(lease, "subtaskId").to_owned();
    for forbidden in ["name", "fileName", "sha256"] {
        if lease.get(forbidden).is_some() {
            bail!("a lease shows the operator `{forbidden}`");
        }
    }
    let picture = fingerprint(&edge.bytes(text(lease, "imageUrl")).await?);
    let truth = *work.truths.get(&picture).context("an image is not one of those that were uploaded")?;
    let seen = person.sees(&picture, truth);
    let vote = json!({"label": seen.to_string()});
    let answer = match edge.post(&format!("/v1/subtasks/{subtask}:vote"), &vote).await {
        Ok(answer) => answer,
        // Others decided it after our lease had run out: nothing was acknowledged, nothing is lost.
        Err(failure) if matches!(failure.reason(), "LEASE_EXPIRED" | "IMAGE_DECIDED") => return Ok(()),
        Err(failure) => return Err(failure.into()),
    };
    match text(&answer, "outcome") {
        // Unchanged: an answer got lost, and the vote was made again.
        "VOTE_OUTCOME_COUNTED" | "VOTE_OUTCOME_UNCHANGED" | "VOTE_OUTCOME_SURPLUS" => {}
        other => bail!("a first vote for an image became {other:?}"),
    }
    if diary.votes.insert(subtask, seen).is_none() {
        diary.right += usize::from(seen == truth);
        work.bar.inc(1);
    }
    Ok(())
}
