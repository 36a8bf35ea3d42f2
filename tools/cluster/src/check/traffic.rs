//! People who call and upload at a steady pace while pods are replaced, each call made once. An upload that breaks off
//! is sent again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::ensure;
use labelmesh_sdk::{
    Client, Role,
    tasks::{CreateTaskRequest, Policy},
};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{people, session::asks_who};
use crate::layout::Layout;

/// How many call at once.
const CALLERS: usize = 4;
/// What each waits between calls.
const PAUSE: Duration = Duration::from_millis(100);
/// How long calls go on when everything is ready again.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// What callers saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    calls: usize,
    uploads: usize,
    /// Uploads that broke off and were sent again.
    cut: usize,
    slowest: Duration,
    failures: Vec<String>,
}

/// Callers that call until they are stopped.
pub(super) struct Traffic {
    callers: Vec<JoinHandle<Seen>>,
    done: Arc<AtomicBool>,
}

impl Traffic {
    /// Begins when somebody of this name has signed up.
    ///
    /// # Errors
    /// If that is refused.
    pub(super) async fn start(layout: &Layout, name: &str) -> anyhow::Result<Self> {
        let client = people::impatient(layout, name, Role::Client).await?;
        let (done, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
        let mut callers: Vec<_> =
            (0..CALLERS).map(|_| tokio::spawn(call(client.clone(), done.clone(), began))).collect();
        callers.push(tokio::spawn(upload(client.clone(), done.clone(), began)));
        Ok(Self { callers, done })
    }

    /// Goes on for a while, and lets the last calls end.
    ///
    /// # Errors
    /// If a caller panics.
    pub(super) async fn stop(self) -> anyhow::Result<Seen> {
        sleep(AFTERWARDS).await;
        self.done.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for caller in self.callers {
            all.add(caller.await?);
        }
        Ok(all)
    }
}

impl Seen {
    /// What was seen, if nothing was lost.
    ///
    /// # Errors
    /// If a call failed.
    pub(super) fn lossless(&self) -> anyhow::Result<String> {
        let Self { calls, uploads, cut, slowest, failures } = self;
        ensure!(
            failures.is_empty(),
            "{} of {calls} calls and {uploads} uploads failed: {}",
            failures.len(),
            failures[..failures.len().min(5)].join("; ")
        );
        Ok(format!(
            "{calls} calls meanwhile, none made twice and none lost, the slowest in {} ms; {uploads} uploads, of which \
             {cut} broke off and were sent again",
            slowest.as_millis()
        ))
    }

    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.uploads += other.uploads;
        self.cut += other.cut;
        self.slowest = self.slowest.max(other.slowest);
        self.failures.extend(other.failures);
    }
}

async fn call(client: Client, done: Arc<AtomicBool>, first: Instant) -> Seen {
    let mut seen = Seen::default();
    while !done.load(Ordering::Relaxed) {
        let began = Instant::now();
        seen.calls += 1;
        if let Err(error) = asks_who(&client).await {
            seen.failures.push(format!("GetMe, begun {}: {error}", at(first, began)));
        }
        seen.slowest = seen.slowest.max(began.elapsed());
        sleep(PAUSE).await;
    }
    seen
}

async fn upload(client: Client, done: Arc<AtomicBool>, first: Instant) -> Seen {
    let mut seen = Seen::default();
    while !done.load(Ordering::Relaxed) {
        let began = Instant::now();
        seen.uploads += 1;
        if let Err(error) = upload_one(&client, &mut seen).await {
            seen.failures.push(format!("an upload, begun {}: {error:#}", at(first, began)));
        }
        sleep(PAUSE).await;
    }
    seen
}

/// When a call was begun and how long it took, by which it is found in the logs of those whom it passed.
fn at(first: Instant, began: Instant) -> String {
    format!("at {:.1} s and ended {:.1} s later", (began - first).as_secs_f64(), began.elapsed().as_secs_f64())
}

/// Makes a task and sends a picture. What is sent is a stream, which a client resumes where it breaks off.
async fn upload_one(client: &Client, seen: &mut Seen) -> anyhow::Result<()> {
    let task = CreateTaskRequest {
        title: format!("Upload {}", seen.uploads),
        labels: ["cat", "dog"].map(str::to_owned).into(),
        policy: Some(Policy { redundancy: 1, ..Policy::default() }),
        ..CreateTaskRequest::default()
    };
    let task_id = client.create_task(task).await?.task_id;
    let pictures = [people::picture(u32::try_from(seen.uploads)?)?];
    if client.upload_files(&task_id, &pictures).await.is_err() {
        seen.cut += 1;
        client.upload_files(&task_id, &pictures).await?;
    }
    Ok(())
}
