//! People who call at a steady pace, each call made once, while something happens to the cluster.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{FutureExt as _, future::BoxFuture};
use labelmesh_sdk::{Client, Error, tasks::ListTasksRequest};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// The method that is called, as the contract has it.
pub(super) const METHOD: &str = "labelmesh.tasks.v1.TaskService/ListTasks";

/// What somebody does, once.
pub(super) type Act = Arc<dyn Fn(Client) -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

/// Calls [`METHOD`].
pub(super) fn list_tasks() -> Act {
    Arc::new(|client| async move { client.list_tasks(ListTasksRequest::default()).await.map(|_| ()) }.boxed())
}

/// What callers saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) calls: usize,
    pub(super) failures: Vec<String>,
    /// How long each call took.
    pub(super) took: Vec<Duration>,
}

impl Seen {
    /// What 99 of 100 calls took at most.
    pub(super) fn slow(&mut self) -> Duration {
        self.percentile(99)
    }

    /// What half of the calls took at most.
    pub(super) fn median(&mut self) -> Duration {
        self.percentile(50)
    }

    fn percentile(&mut self, percent: usize) -> Duration {
        self.took.sort_unstable();
        self.took.get(self.took.len() * percent / 100).copied().unwrap_or_default()
    }

    /// Some of what went wrong.
    pub(super) fn some_failures(&self) -> String {
        self.failures[..self.failures.len().min(3)].join("; ")
    }

    pub(super) fn add(mut self, other: Self) -> Self {
        self.calls += other.calls;
        self.failures.extend(other.failures);
        self.took.extend(other.took);
        self
    }
}

/// Callers that call until they are stopped.
pub(super) struct Load {
    callers: Vec<JoinHandle<Seen>>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// So many callers for each of the people, of whom each begins a call as often as that, or when the last has been
    /// answered.
    pub(super) fn start(people: &[Client], callers: usize, every: Duration) -> Self {
        Self::of(&list_tasks(), people, callers, every)
    }

    /// The same with something else that they do.
    pub(super) fn of(act: &Act, people: &[Client], callers: usize, every: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let call = |client: &Client| tokio::spawn(call(act.clone(), client.clone(), every, stop.clone(), None));
        let callers = people.iter().flat_map(|client| (0..callers).map(|_| call(client)).collect::<Vec<_>>()).collect();
        Self { callers, stop }
    }

    /// Lets the last calls end.
    pub(super) async fn stop(self) -> anyhow::Result<Seen> {
        self.stop.store(true, Ordering::Relaxed);
        joined(self.callers).await
    }
}

/// Makes exactly so many calls.
pub(super) async fn calls(people: &[Client], callers: usize, every: Duration, count: usize) -> anyhow::Result<Seen> {
    let left = Arc::new(AtomicUsize::new(count));
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for client in people.iter().flat_map(|client| vec![client; callers]) {
        tasks.push(tokio::spawn(call(list_tasks(), client.clone(), every, stop.clone(), Some(left.clone()))));
    }
    joined(tasks).await
}

async fn joined(callers: Vec<JoinHandle<Seen>>) -> anyhow::Result<Seen> {
    let mut all = Seen::default();
    for caller in callers {
        all = all.add(caller.await?);
    }
    Ok(all)
}

/// Calls until it is to stop, or until none of the calls that all make together is left.
async fn call(
    act: Act,
    client: Client,
    every: Duration,
    stop: Arc<AtomicBool>,
    left: Option<Arc<AtomicUsize>>,
) -> Seen {
    let mut seen = Seen::default();
    let take = |left: &AtomicUsize| {
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    };
    while !stop.load(Ordering::Relaxed) && left.as_deref().is_none_or(take) {
        let began = Instant::now();
        seen.calls += 1;
        if let Err(error) = act(client.clone()).await {
            seen.failures.push(format!("{error}"));
        }
        seen.took.push(began.elapsed());
        sleep_until(began + every).await;
    }
    seen
}
