//! The simulated people at work: each an independent client of the REST edge.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client,
    subtasks::{Lease, LeaseSubtasksRequest, Shortage, VoteOutcome, VoteRequest},
};

use super::{
    digits::{Fingerprint, fingerprint},
    people::Person,
};

/// How long one rests at least and at most when there is nothing to label.
const SHORTEST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(1);
/// How many pictures one holds at a time: one to look at and two fetched ahead.
const HELD: u32 = 3;

/// What one person did, as the edge acknowledged it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Diary {
    /// The vote for each image, by the id that its owner knows it by.
    pub(crate) votes: HashMap<String, u8>,
    /// How many of them were right.
    pub(crate) right: usize,
}

/// What everyone at work needs.
pub(crate) struct Work {
    /// All that is known of pictures.
    pub(crate) truths: HashMap<Fingerprint, u8>,
    /// The images' ids, to write down which were voted for: what a lease calls an image is one operator's alone.
    pub(crate) ids: HashMap<Fingerprint, String>,
    /// Set when the task has ended.
    pub(crate) over: AtomicBool,
    /// Moves with each vote.
    pub(crate) bar: ProgressBar,
}

/// Lets everyone label until the work is over, all at once.
///
/// # Errors
/// If one of them can't go on.
pub(crate) async fn label(crew: Vec<(Person, Client)>, work: Arc<Work>) -> anyhow::Result<Vec<Diary>> {
    let shifts = crew.into_iter().map(|(person, client)| {
        let work = Arc::clone(&work);
        async move {
            let shift = tokio::spawn(async move {
                shift(&person, &client, &work).await.with_context(|| format!("{} can't go on", person.name))
            });
            shift.await.context("an operator fell over")?
        }
    });
    try_join_all(shifts).await
}

/// One person's shift: lease, look, vote, until there is nothing left.
async fn shift(person: &Person, client: &Client, work: &Work) -> anyhow::Result<Diary> {
    let mut diary = Diary::default();
    while !work.over.load(Ordering::Relaxed) {
        let held = client.lease_subtasks(LeaseSubtasksRequest { count: HELD, ..Default::default() }).await?;
        if held.leases.is_empty() {
            tokio::time::sleep(rest(held.shortage.as_ref())).await;
        }
        for lease in &held.leases {
            look_and_vote(person, client, work, lease, &mut diary).await?;
        }
    }
    Ok(diary)
}

/// How long to wait before it is worth asking for images again, as a shortage says, within what people would.
fn rest(shortage: Option<&Shortage>) -> Duration {
    let asked = shortage.and_then(|shortage| Duration::try_from(shortage.retry_after?).ok());
    asked.unwrap_or_default().clamp(SHORTEST_REST, LONGEST_REST)
}

async fn look_and_vote(
    person: &Person,
    client: &Client,
    work: &Work,
    lease: &Lease,
    diary: &mut Diary,
) -> anyhow::Result<()> {
    let picture = fingerprint(&client.picture(&lease.image_url).await?);
    let truth = *work.truths.get(&picture).context("an image is not one of those that were uploaded")?;
    let id = work.ids.get(&picture).context("an image has no id")?;
    let seen = person.sees(&picture, truth);
    let vote = VoteRequest { subtask_id: lease.subtask_id.clone(), label: seen.to_string() };
    let answer = match client.vote(vote).await {
        Ok(answer) => answer,
        // Others decided it after our lease had run out: nothing was acknowledged, nothing is lost.
        Err(error) if matches!(error.reason(), "LEASE_EXPIRED" | "IMAGE_DECIDED") => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match answer.outcome() {
        // Unchanged: an answer got lost, and the vote was made again.
        VoteOutcome::Counted | VoteOutcome::Unchanged | VoteOutcome::Surplus => {}
        other => bail!("a first vote for an image became {}", other.as_str_name()),
    }
    if diary.votes.insert(id.clone(), seen).is_none() {
        diary.right += usize::from(seen == truth);
        work.bar.inc(1);
    }
    Ok(())
}
