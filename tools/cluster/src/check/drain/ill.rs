//! A pod that is ill can be evicted, also where no pod of its service is well: it holds up nobody's drain.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{Pod, pods, ready};
use crate::{command::fed, kubectl::Kubectl};

/// Whose pods fall ill, while nobody calls them.
const SERVICE: &str = "notify";
/// How long until the budget knows: two looks at the pods, which are five seconds apart, and what a busy machine takes.
const ILL_WITHIN: Duration = Duration::from_secs(45);
const PULSE: Duration = Duration::from_millis(500);

/// Stops all processes of a service where they stand, has one of its pods evicted, and lets them go on.
pub(super) async fn check(kubectl: &Kubectl) -> anyhow::Result<String> {
    let pods: Vec<_> = pods(kubectl)?.into_iter().filter(|pod| pod.service == SERVICE).collect();
    let pod = pods.first().with_context(|| format!("{SERVICE} has no pods"))?;
    let containers = pods.iter().map(|pod| kubectl.container(&pod.name, SERVICE));
    let containers = containers.collect::<anyhow::Result<Vec<_>>>()?;
    let signal = |name: &str| {
        let sent = containers.iter().map(|id| kubectl.ctr(&["tasks", "kill", "--signal", name, id]));
        // To all of them, whatever becomes of one.
        let sent: Vec<_> = sent.collect();
        sent.into_iter().try_for_each(|sent| sent.map(|_| ()))
    };
    let evicted = async {
        signal("SIGSTOP")?;
        all_ill(kubectl).await?;
        evict(kubectl, pod).with_context(|| format!("{} is ill and was not evicted", pod.name))
    };
    let evicted = evicted.await;
    let going_on = signal("SIGCONT");
    evicted?;
    going_on?;
    ready(kubectl).await?;
    Ok(format!("with all {} pods of {SERVICE} ill, one of them was evicted", pods.len()))
}

/// Waits until the budget of the service knows of no pod that is well, and so allows nothing any more.
async fn all_ill(kubectl: &Kubectl) -> anyhow::Result<()> {
    let deadline = Instant::now() + ILL_WITHIN;
    loop {
        let budget = kubectl.get(&["--namespace", "labelmesh", "poddisruptionbudgets.policy", SERVICE])?;
        let status = &budget["status"];
        if status["currentHealthy"] == 0 && status["disruptionsAllowed"] == 0 {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "{SERVICE} was stopped, and its budget says {status}");
        sleep(PULSE).await;
    }
}

/// Asks for the end of a pod as `kubectl drain` does, once.
fn evict(kubectl: &Kubectl, pod: &Pod) -> anyhow::Result<()> {
    let eviction = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod.name, "namespace": "labelmesh"},
    });
    let path = format!("/api/v1/namespaces/labelmesh/pods/{}/eviction", pod.name);
    let mut create = kubectl.command(&["create", "--raw", &path, "--filename", "-"]);
    fed(&mut create, &eviction.to_string()).map(|_| ())
}
