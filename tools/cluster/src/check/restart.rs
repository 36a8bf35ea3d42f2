//! A rolling restart of everything under load: no call is lost, and no upload that is sent again where it breaks off.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use chrono::SecondsFormat;
use labelmesh_clock::Clock;
use labelmesh_sdk::{
    Client, Role,
    tasks::{CreateTaskRequest, Policy},
};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{people, session::asks_who};
use crate::{deploy, kubectl::Kubectl, layout::Layout};

/// How many call at once.
const CALLERS: usize = 4;
/// What each waits between calls.
const PAUSE: Duration = Duration::from_millis(100);
/// How long calls go on when everything is ready again.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// What one caller saw.
#[derive(Debug, Default)]
struct Seen {
    calls: usize,
    uploads: usize,
    /// Uploads that broke off and were sent again.
    cut: usize,
    slowest: Duration,
    failures: Vec<String>,
}

/// Restarts all while people call.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let client = people::impatient(layout, "restless", Role::Client).await?;
    let done = Arc::new(AtomicBool::new(false));
    let mut callers: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(call(client.clone(), done.clone()))).collect();
    callers.push(tokio::spawn(upload(client.clone(), done.clone())));
    let restarted = {
        let kubectl = kubectl.clone();
        tokio::task::spawn_blocking(move || restart(&kubectl)).await?
    };
    sleep(AFTERWARDS).await;
    done.store(true, Ordering::Relaxed);
    let mut all = Seen::default();
    for caller in callers {
        let seen = caller.await?;
        all.calls += seen.calls;
        all.uploads += seen.uploads;
        all.cut += seen.cut;
        all.slowest = all.slowest.max(seen.slowest);
        all.failures.extend(seen.failures);
    }
    let seconds = restarted?.as_secs();
    let Seen { calls, uploads, cut, slowest, failures } = all;
    ensure!(
        failures.is_empty(),
        "{} of {calls} calls and {uploads} uploads failed: {}",
        failures.len(),
        failures[..failures.len().min(5)].join("; ")
    );
    let slowest = slowest.as_millis();
    Ok(format!(
        "all was restarted in {seconds} s; {calls} calls meanwhile, none made twice and none lost, the slowest in \
         {slowest} ms; {uploads} uploads, of which {cut} broke off and were sent again"
    ))
}

/// Restarts every Deployment and Rollout at once, and waits until all are ready.
fn restart(kubectl: &Kubectl) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let names = |kind| -> anyhow::Result<Vec<String>> {
        let list = kubectl.get(&["--namespace", "labelmesh", kind])?;
        let items = list["items"].as_array().context("a list")?;
        Ok(items.iter().filter_map(|item| item["metadata"]["name"].as_str()).map(str::to_owned).collect())
    };
    let rollouts = names("rollouts.argoproj.io")?;
    // A Rollout's Deployment is what it releases: changed, it would be a release.
    for name in names("deployments.apps")?.iter().filter(|name| !rollouts.contains(name)) {
        kubectl.run(&["rollout", "restart", "--namespace", "labelmesh", &format!("deployment/{name}")])?;
    }
    let now = Clock::system().now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let patch = json!({"spec": {"restartAt": now}}).to_string();
    for name in &rollouts {
        let rollout = format!("rollouts.argoproj.io/{name}");
        kubectl.run(&["patch", "--namespace", "labelmesh", &rollout, "--type", "merge", "--patch", &patch])?;
    }
    deploy::wait(kubectl)?;
    Ok(began.elapsed())
}

async fn call(client: Client, done: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::default();
    while !done.load(Ordering::Relaxed) {
        let began = Instant::now();
        seen.calls += 1;
        if let Err(error) = asks_who(&client).await {
            seen.failures.push(format!("GetMe: {error}"));
        }
        seen.slowest = seen.slowest.max(began.elapsed());
        sleep(PAUSE).await;
    }
    seen
}

async fn upload(client: Client, done: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::default();
    while !done.load(Ordering::Relaxed) {
        seen.uploads += 1;
        if let Err(error) = upload_one(&client, &mut seen).await {
            seen.failures.push(format!("an upload: {error:#}"));
        }
        sleep(PAUSE).await;
    }
    seen
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
