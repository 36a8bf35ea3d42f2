//! A rolling restart of everything under load: no call is lost, and no upload that is sent again where it breaks off.

use std::time::Duration;

use anyhow::Context as _;
use chrono::SecondsFormat;
use labelmesh_clock::Clock;
use serde_json::json;
use tokio::time::Instant;

use super::traffic::Traffic;
use crate::{deploy, kubectl::Kubectl, layout::Layout};

/// Restarts all while people call.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let traffic = Traffic::start(layout, "restless").await?;
    let restarted = {
        let kubectl = kubectl.clone();
        tokio::task::spawn_blocking(move || restart(&kubectl)).await?
    };
    let seen = traffic.stop().await?;
    let seconds = restarted?.as_secs();
    Ok(format!("all was restarted in {seconds} s; {}", seen.lossless()?))
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
