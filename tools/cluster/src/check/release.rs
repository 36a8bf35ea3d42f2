//! Releases of a service that Argo Rollouts runs, as an operator makes and watches them.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use labelmesh_clock::Clock;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::array;
use crate::kubectl::Kubectl;

/// The service that is released by canary.
const CANARY: &str = "tasks";
const PULSE: Duration = Duration::from_secs(1);
/// How long a version's pods may take until they are ready.
pub(super) const READY_WITHIN: Duration = Duration::from_secs(240);

/// A version of the service tasks on its way.
#[derive(Debug, Clone)]
pub(super) struct Release {
    kubectl: Kubectl,
    /// The analyses that there were before.
    earlier: Vec<String>,
    began: Instant,
}

/// How an analysis ended.
#[derive(Debug)]
pub(super) struct Verdict {
    /// The metrics that were not good enough, each with how often it was measured.
    pub(super) failed: Vec<(String, usize)>,
    pub(super) took: Duration,
}

impl Release {
    /// Releases the service as it is, with another note on its pods.
    pub(super) fn same(kubectl: &Kubectl) -> anyhow::Result<Self> {
        let now = Clock::system().now().to_rfc3339();
        let metadata = json!({"annotations": {"labelmesh.example.com/released-at": now}});
        let patch = json!({"spec": {"template": {"metadata": metadata}}}).to_string();
        Self::begin(kubectl, || {
            kubectl.run(&["--namespace", "labelmesh", "patch", &deployment(CANARY), "--patch", &patch])
        })
    }

    /// Releases it with another value of its configuration.
    pub(super) fn with(kubectl: &Kubectl, variable: &str, value: &str) -> anyhow::Result<Self> {
        Self::begin(kubectl, || configure(kubectl, CANARY, variable, value))
    }

    fn begin(kubectl: &Kubectl, change: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<Self> {
        let earlier = analyses(kubectl)?.iter().map(|run| text(&run["metadata"]["name"])).collect();
        change()?;
        Ok(Self { kubectl: kubectl.clone(), earlier, began: Instant::now() })
    }

    /// Waits until a tenth of the calls goes to the canary.
    pub(super) async fn started(&self) -> anyhow::Result<()> {
        self.until("the canary is not ready", READY_WITHIN, |rollout| {
            let status = &rollout["status"];
            let new = status["currentPodHash"] != status["stableRS"];
            Ok((new && weight(&self.kubectl)? > 0).then_some(()))
        })
        .await
    }

    /// Waits until the canary has all calls, and is what is stable.
    pub(super) async fn promoted(&self, within: Duration) -> anyhow::Result<Duration> {
        self.until("the canary is not promoted", within, |rollout| {
            Ok(is_settled(rollout, &self.kubectl, CANARY)?.then_some(()))
        })
        .await?;
        Ok(self.began.elapsed())
    }

    /// Waits until the analysis has given it up and no call goes to it any more.
    pub(super) async fn given_up(&self, within: Duration) -> anyhow::Result<Verdict> {
        let deadline = Instant::now() + within;
        loop {
            let rollout = rollout(&self.kubectl, CANARY)?;
            if rollout["status"]["abort"] == true && weight(&self.kubectl)? == 0 {
                return self.verdict();
            }
            ensure!(!is_settled(&rollout, &self.kubectl, CANARY)?, "the canary was promoted");
            ensure!(Instant::now() < deadline, "the canary is not given up: {}", rollout["status"]["message"]);
            sleep(PULSE).await;
        }
    }

    /// What the analysis of this release found.
    fn verdict(&self) -> anyhow::Result<Verdict> {
        let runs = analyses(&self.kubectl)?;
        let is_new = |run: &&Value| !self.earlier.contains(&text(&run["metadata"]["name"]));
        let run = runs.iter().find(is_new).context("the canary was given up without an analysis")?;
        let failed = array(&run["status"]["metricResults"]).filter(|metric| metric["phase"] == "Failed");
        let measured = |metric: &Value| (text(&metric["name"]), metric["measurements"].as_array().map_or(0, Vec::len));
        let failed: Vec<_> = failed.map(measured).collect();
        ensure!(!failed.is_empty(), "the canary was given up for {}", run["status"]["message"]);
        Ok(Verdict { failed, took: self.began.elapsed() })
    }

    async fn until<T>(
        &self,
        fault: &str,
        within: Duration,
        found: impl Fn(&Value) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + within;
        loop {
            let rollout = rollout(&self.kubectl, CANARY)?;
            if let Some(found) = found(&rollout)? {
                return Ok(found);
            }
            let status = &rollout["status"];
            ensure!(status["abort"] != true, "the release was given up: {}", status["message"]);
            if Instant::now() > deadline {
                bail!("{fault} after {} s: {}, {}", within.as_secs(), status["phase"], status["message"]);
            }
            sleep(PULSE).await;
        }
    }
}

/// Gives a service another value of its configuration: a release.
pub(super) fn configure(kubectl: &Kubectl, service: &str, variable: &str, value: &str) -> anyhow::Result<String> {
    let container = format!("--containers={service}");
    let value = format!("{variable}={value}");
    kubectl.run(&["--namespace", "labelmesh", "set", "env", &deployment(service), &container, &value])
}

/// Goes back to what was before the last release, as an operator does after one that is not good.
pub(super) async fn undo(kubectl: &Kubectl, service: &str) -> anyhow::Result<()> {
    kubectl.run(&["--namespace", "labelmesh", "rollout", "undo", &deployment(service)])?;
    settled(kubectl, service).await.context("what was before is not back")
}

/// Waits until a release has all calls.
pub(super) async fn settled(kubectl: &Kubectl, service: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let rollout = rollout(kubectl, service)?;
        if is_settled(&rollout, kubectl, service)? {
            return Ok(());
        }
        let status = &rollout["status"];
        let within = READY_WITHIN.as_secs();
        ensure!(Instant::now() < deadline, "after {within} s: {}, {}", status["phase"], status["message"]);
        sleep(PULSE).await;
    }
}

/// Has the pauses between the steps take as long as this, in seconds, one after the other.
pub(super) fn set_pauses(kubectl: &Kubectl, pauses: &[u64]) -> anyhow::Result<()> {
    let mut steps = rollout(kubectl, CANARY)?["spec"]["strategy"]["canary"]["steps"].take();
    let paused =
        steps.as_array_mut().context("a canary has steps")?.iter_mut().filter_map(|step| step.get_mut("pause"));
    for (pause, seconds) in paused.zip(pauses) {
        *pause = json!({"duration": format!("{seconds}s")});
    }
    set(kubectl, CANARY, "/spec/strategy/canary/steps", &steps)
}

/// Changes one field of a service's Rollout.
pub(super) fn set(kubectl: &Kubectl, service: &str, path: &str, value: &Value) -> anyhow::Result<()> {
    let patch = json!([{"op": "replace", "path": path, "value": value}]).to_string();
    kubectl.run(&["--namespace", "labelmesh", "patch", &name(service), "--type", "json", "--patch", &patch]).map(|_| ())
}

/// One of the service's secrets.
pub(super) fn secret(kubectl: &Kubectl, variable: &str) -> anyhow::Result<String> {
    let secret = kubectl.get(&["--namespace", "labelmesh", "secret", "tasks"])?;
    let value = secret["data"][variable].as_str().with_context(|| format!("tasks has no {variable}"))?;
    Ok(String::from_utf8(STANDARD.decode(value)?)?)
}

/// A service's Rollout.
pub(super) fn rollout(kubectl: &Kubectl, service: &str) -> anyhow::Result<Value> {
    kubectl.get(&["--namespace", "labelmesh", &name(service)])
}

/// How kubectl names a service's Rollout.
pub(super) fn name(service: &str) -> String {
    format!("rollouts.argoproj.io/{service}")
}

fn deployment(service: &str) -> String {
    format!("deployment/{service}")
}

fn analyses(kubectl: &Kubectl) -> anyhow::Result<Vec<Value>> {
    let runs = kubectl.get(&["--namespace", "labelmesh", "analysisruns.argoproj.io"])?;
    Ok(array(&runs["items"]).cloned().collect())
}

/// The share of calls that the canary is given, in per cent.
fn weight(kubectl: &Kubectl) -> anyhow::Result<u64> {
    let routes = kubectl.get(&["--namespace", "labelmesh", "virtualservices.networking.istio.io", "tasks"])?;
    let split = array(&routes["spec"]["http"]).find(|route| route["name"] == "split").context("a route named split")?;
    let canary = array(&split["route"]).find(|route| route["destination"]["subset"] == "canary");
    Ok(canary.context("a route to the canary")?["weight"].as_u64().unwrap_or_default())
}

/// Whether what the Deployment says is what is stable, and nothing is on its way.
fn is_settled(rollout: &Value, kubectl: &Kubectl, service: &str) -> anyhow::Result<bool> {
    let deployment = kubectl.get(&["--namespace", "labelmesh", &deployment(service)])?;
    let status = &rollout["status"];
    let seen = status["workloadObservedGeneration"].as_str().and_then(|seen| seen.parse().ok());
    let is_seen = seen == deployment["metadata"]["generation"].as_u64();
    Ok(is_seen && status["phase"] == "Healthy" && status["stableRS"] == status["currentPodHash"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
