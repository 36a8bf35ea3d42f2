//! Operators at work through the REST edge, who write down what was acknowledged, and the comparison with what is
//! there.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, future::try_join_all};
use labelmesh_cluster::{Cluster, Service};
use labelmesh_sdk::{
    Client,
    subtasks::{Lease, Shortage},
    tasks::{ResultState, TaskState, WatchTaskRequest},
};
use labelmesh_testkit::try_until;
use sqlx::Connection as _;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use crate::people::{images, lease, name_of, results, vote, votes};

/// A story that takes longer has gone wrong.
const LIMIT: Duration = Duration::from_secs(120);

/// Tells who waits how many votes were acknowledged so far.
#[derive(Default)]
pub(crate) struct Tally {
    votes: AtomicUsize,
    moved: Notify,
}

impl Tally {
    fn count(&self) {
        self.votes.fetch_add(1, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// Waits until so many votes were acknowledged.
    pub(crate) async fn reach(&self, votes: usize) -> Result<()> {
        let reached = async {
            loop {
                let moved = self.moved.notified();
                if self.votes.load(Ordering::SeqCst) >= votes {
                    return;
                }
                moved.await;
            }
        };
        timeout(LIMIT, reached).await.with_context(|| format!("{votes} votes are not reached"))
    }
}

/// The votes of one operator that were acknowledged, by the image's id, which its owner knows it by.
pub(crate) type Diary = BTreeMap<String, String>;

/// Lets everybody label until the task has ended; returns their diaries.
pub(crate) async fn label(operators: &[Client], client: &Client, task: &str, tally: &Tally) -> Result<Vec<Diary>> {
    let (tell, ended) = watch::channel(false);
    let ids: BTreeMap<String, String> =
        images(client, task).await?.into_iter().map(|image| (image.name, image.image_id)).collect();
    let shifts = operators.iter().map(|operator| shift(operator, &ids, tally, (usize::MAX, ended.clone())));
    let end = async {
        let end = ended_task(client, task).await;
        tell.send_replace(true);
        end
    };
    let (diaries, end) = tokio::join!(timeout(LIMIT, try_join_all(shifts)), end);
    end?;
    diaries.context("the operators did not come to an end")?
}

/// Lets everybody label so many images; returns their diaries.
pub(crate) async fn begin(operators: &[Client], client: &Client, task: &str, each: usize) -> Result<Vec<Diary>> {
    let (_tell, ended) = watch::channel(false);
    let ids: BTreeMap<String, String> =
        images(client, task).await?.into_iter().map(|image| (image.name, image.image_id)).collect();
    let tally = Tally::default();
    let shifts = operators.iter().map(|operator| shift(operator, &ids, &tally, (each, ended.clone())));
    timeout(LIMIT, try_join_all(shifts)).await.context("the operators did not come so far")?
}

/// One operator labels until the task has ended, or so many images.
async fn shift(
    operator: &Client,
    ids: &BTreeMap<String, String>,
    tally: &Tally,
    (most, mut ended): (usize, watch::Receiver<bool>),
) -> Result<Diary> {
    let mut diary = Diary::new();
    while !*ended.borrow() && diary.len() < most {
        let held = lease(operator, 2).await?;
        if held.leases.is_empty() {
            // As any client would: it asks again after as long as the shortage says, if it has not ended by then.
            let _ = timeout(rest(held.shortage.as_ref()), ended.wait_for(|ended| *ended)).await;
        }
        for lease in held.leases {
            let Some(image) = look_at(operator, &lease, ids).await? else { continue };
            let label = if image.ends_with(['0', '1', '2', '3', '4', '5', '6', '7']) { "cat" } else { "dog" };
            match vote(operator, &lease.subtask_id, label).await {
                Ok(_) => {
                    if diary.insert(image, label.to_owned()).is_none() {
                        tally.count();
                    }
                }
                Err(error) if matches!(error.reason(), "LEASE_EXPIRED" | "IMAGE_DECIDED") => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(diary)
}

/// The id of the image that is leased, known by its picture: the lease's own id is this operator's alone. None where
/// the lease has ended meanwhile.
async fn look_at(operator: &Client, lease: &Lease, ids: &BTreeMap<String, String>) -> Result<Option<String>> {
    let picture = match operator.picture(&lease.image_url).await {
        Err(error) if error.reason() == "NOT_FOUND" => return Ok(None),
        picture => picture?,
    };
    let name = name_of(&picture)?;
    ids.get(&name).cloned().map(Some).with_context(|| format!("{name} is no image of the task"))
}

/// How long to wait before it is worth asking for images again: as the shortage says, up to a second.
fn rest(shortage: Option<&Shortage>) -> Duration {
    let asked = shortage.and_then(|shortage| Duration::try_from(shortage.retry_after?).ok());
    asked.unwrap_or_default().clamp(Duration::from_millis(100), Duration::from_secs(1))
}

/// Waits until the task has ended, watching it as a client would: whose stream breaks, watches again.
pub(crate) async fn ended_task(client: &Client, task: &str) -> Result<()> {
    try_until("the end of the task", async || {
        let request = WatchTaskRequest { task_id: task.to_owned(), after_version: 0 };
        let Ok(mut states) = client.watch_task(request).await else { return Ok(None) };
        while let Some(Ok(progress)) = states.next().await {
            if matches!(progress.state(), TaskState::Completed | TaskState::Cancelled) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
    .await
}

/// Nothing acknowledged is missing, no vote is counted twice, everything is decided, counters equal rows.
pub(crate) async fn nothing_is_lost(
    cluster: &Cluster,
    client: &Client,
    task: &str,
    images: usize,
    diaries: &[Diary],
) -> Result<()> {
    let results = results(client, task).await?;
    ensure!(results.len() == images, "{} results for {images} images", results.len());
    let undecided = results.iter().filter(|result| result.state() != ResultState::Decided).count();
    ensure!(undecided == 0, "{undecided} images are not decided");

    let votes = votes(client, task).await?;
    let mut by_subtask: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut pairs = std::collections::BTreeSet::new();
    for vote in &votes {
        ensure!(pairs.insert((&vote.subtask_id, &vote.operator)), "somebody voted twice: {vote:?}");
        by_subtask.entry(&vote.subtask_id).or_default().push(&vote.label);
    }
    for (subtask, label) in diaries.iter().flatten() {
        let there = by_subtask.get_mut(subtask.as_str()).and_then(|labels| {
            let place = labels.iter().position(|there| there == label)?;
            Some(labels.swap_remove(place))
        });
        ensure!(there.is_some(), "an acknowledged vote for {subtask} is missing");
    }
    for result in &results {
        let counted: u32 = result.votes.iter().map(|count| count.votes).sum();
        let given = votes.iter().filter(|vote| vote.subtask_id == result.image_id && !vote.surplus).count();
        ensure!(counted as usize == given, "{} was decided by {counted} votes and got {given}", result.image_id);
    }
    counters_equal_rows(cluster).await
}

async fn counters_equal_rows(cluster: &Cluster) -> Result<()> {
    let mut db = sqlx::PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM subtask s WHERE
            s.votes <> (SELECT count(*) FROM assignment a WHERE a.subtask_id = s.subtask_id AND a.state = 'voted')
         OR s.leases <> (SELECT count(*) FROM assignment a WHERE a.subtask_id = s.subtask_id AND a.state = 'leased')",
    )
    .fetch_one(&mut db)
    .await?;
    ensure!(wrong == 0, "the counters of {wrong} subtasks are not what their rows say");
    Ok(())
}
