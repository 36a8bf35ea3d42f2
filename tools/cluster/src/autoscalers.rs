//! The autoscalers of our namespace: what they want, what they see, and how many replicas they may ask for.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{check::array, kubectl::Kubectl};

const KIND: &str = "horizontalpodautoscalers.v2.autoscaling";
/// What autoscalers scale.
const TARGETS: &str = "deployments.apps,rollouts.argoproj.io";
/// How long until there are as few replicas as an autoscaler allows: several of its own rounds, which take 15 s.
const HELD_WITHIN: Duration = Duration::from_secs(120);
/// What may pass beside an autoscaler's own stabilisation until all is as before a load: measurements, its rounds, and
/// the end of a pod.
pub(crate) const SLACK: Duration = Duration::from_secs(90);
const PULSE: Duration = Duration::from_secs(2);
/// Kubernetes's own, where an autoscaler does not say.
const USUAL_STABILISATION: u64 = 300;

/// One of them, as the cluster has it.
#[derive(Debug, Clone)]
pub(crate) struct Autoscaler {
    pub(crate) name: String,
    pub(crate) least: u64,
    most: u64,
    /// Above so many per cent of what its pods ask for it wants more of them.
    pub(crate) threshold: u64,
    /// How long it has to want fewer replicas before there are, and then between two steps down.
    pub(crate) stabilisation: Duration,
    /// How fast it asks for more and for fewer, as it was written.
    behavior: Value,
}

/// How many replicas autoscalers may ask for while something is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bounds {
    /// So many more than their least.
    AboveLeast(u64),
    /// So many, or fewer where they say so; and fewer than there are as soon as those were enough for a quiet time.
    Most { replicas: u64, quiet: Duration },
}

impl Bounds {
    fn most(self, autoscaler: &Autoscaler) -> u64 {
        match self {
            Self::AboveLeast(more) => autoscaler.least + more,
            Self::Most { replicas, .. } => replicas.min(autoscaler.most).max(autoscaler.least),
        }
    }

    /// What is to change of what an autoscaler says.
    fn patch(self, autoscaler: &Autoscaler) -> Value {
        let mut spec = json!({"maxReplicas": self.most(autoscaler)});
        if let Self::Most { quiet, .. } = self {
            let at_once = json!([{"type": "Percent", "value": 100, "periodSeconds": 15}]);
            let down = json!({"stabilizationWindowSeconds": quiet.as_secs(), "policies": at_once});
            spec["behavior"] = json!({"scaleDown": down});
        }
        json!({"spec": spec})
    }
}

/// What is seen of one at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The replicas that can be called.
    pub(crate) replicas: u64,
    /// Its metric, in per cent; nothing while there are no measurements.
    pub(crate) metric: Option<u64>,
}

impl Autoscaler {
    /// All that there are.
    ///
    /// # Errors
    /// If one has another metric than a single utilization, or as kubectl says.
    pub(crate) fn all(kubectl: &Kubectl) -> anyhow::Result<Vec<Self>> {
        let list = kubectl.get(&["--namespace", "labelmesh", KIND])?;
        array(&list["items"]).map(Self::read).collect()
    }

    fn read(object: &Value) -> anyhow::Result<Self> {
        let (name, spec) = (text(&object["metadata"]["name"]), &object["spec"]);
        let number = |value: &Value| value.as_u64().with_context(|| format!("the autoscaler {name} is not read"));
        let metrics: Vec<_> = array(&spec["metrics"]).collect();
        ensure!(metrics.len() == 1, "the autoscaler {name} has {} metrics", metrics.len());
        let down = &spec["behavior"]["scaleDown"];
        let window = down["stabilizationWindowSeconds"].as_u64().unwrap_or(USUAL_STABILISATION);
        let periods = array(&down["policies"]).filter_map(|policy| policy["periodSeconds"].as_u64());
        Ok(Self {
            least: number(&spec["minReplicas"])?,
            most: number(&spec["maxReplicas"])?,
            threshold: number(&resource(metrics[0])["target"]["averageUtilization"])?,
            stabilisation: Duration::from_secs(window + periods.max().unwrap_or_default()),
            behavior: spec["behavior"].clone(),
            name,
        })
    }

    /// Its metric, if there are as few replicas as may be and it has no reason for more.
    pub(crate) fn quiet(&self, look: Look) -> Option<u64> {
        look.metric.filter(|&metric| look.replicas == self.least && metric < self.threshold)
    }

    fn change(&self, kubectl: &Kubectl, patch: &Value) -> anyhow::Result<()> {
        let (name, patch) = (format!("{KIND}/{}", self.name), patch.to_string());
        kubectl.run(&["--namespace", "labelmesh", "patch", &name, "--type", "merge", "--patch", &patch]).map(|_| ())
    }

    fn put_back(&self, kubectl: &Kubectl) -> anyhow::Result<()> {
        self.change(kubectl, &json!({"spec": {"maxReplicas": self.most, "behavior": self.behavior}}))
    }
}

/// What is seen of all of them, by name.
///
/// # Errors
/// If one scales what is not there, or as kubectl says.
pub(crate) fn look(kubectl: &Kubectl) -> anyhow::Result<BTreeMap<String, Look>> {
    let get = |what| kubectl.get(&["--namespace", "labelmesh", what]);
    let (autoscalers, targets) = (get(KIND)?, get(TARGETS)?);
    let look = |object: &Value| {
        let (name, target) = (text(&object["metadata"]["name"]), &object["spec"]["scaleTargetRef"]);
        let is_it = |found: &&Value| found["kind"] == target["kind"] && found["metadata"]["name"] == target["name"];
        let found = array(&targets["items"]).find(is_it);
        let found = found.with_context(|| format!("the autoscaler {name} scales {target}, which is not there"))?;
        let current = array(&object["status"]["currentMetrics"]).next();
        let metric = current.and_then(|metric| resource(metric)["current"]["averageUtilization"].as_u64());
        let replicas = found["status"]["availableReplicas"].as_u64().unwrap_or_default();
        anyhow::Ok((name, Look { replicas, metric }))
    };
    array(&autoscalers["items"]).map(look).collect()
}

/// Waits until each has as few replicas as may be and no reason for more; returns the metric of each, in their order.
///
/// # Errors
/// If that takes longer than they say themselves, or as kubectl says.
pub(crate) async fn quiet(kubectl: &Kubectl, all: &[Autoscaler]) -> anyhow::Result<Vec<u64>> {
    let longest = all.iter().map(|autoscaler| autoscaler.stabilisation).max().unwrap_or_default();
    let deadline = Instant::now() + longest + SLACK;
    loop {
        let looks = look(kubectl)?;
        let metric = |autoscaler: &Autoscaler| autoscaler.quiet(*looks.get(&autoscaler.name)?);
        if let Some(metrics) = all.iter().map(metric).collect() {
            return Ok(metrics);
        }
        ensure!(Instant::now() < deadline, "without a load there are {looks:?}");
        sleep(PULSE).await;
    }
}

/// Does something while autoscalers are bounded: two processors have no room for as many replicas as are shipped.
///
/// # Errors
/// If there stay more of them, or as kubectl says and as the work fails. What autoscalers say is put back in any case.
pub(crate) async fn held<T>(
    kubectl: &Kubectl,
    bounds: Bounds,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let all = Autoscaler::all(kubectl)?;
    let done = async {
        for autoscaler in &all {
            autoscaler.change(kubectl, &bounds.patch(autoscaler))?;
        }
        settled(kubectl, &all, bounds).await?;
        work.await
    };
    let done = done.await;
    for autoscaler in &all {
        autoscaler.put_back(kubectl)?;
    }
    done
}

/// Waits until there are no more replicas than may be.
async fn settled(kubectl: &Kubectl, all: &[Autoscaler], bounds: Bounds) -> anyhow::Result<()> {
    let deadline = Instant::now() + HELD_WITHIN;
    loop {
        let looks = look(kubectl)?;
        let is_more = |autoscaler: &&Autoscaler| {
            looks.get(&autoscaler.name).is_some_and(|look| look.replicas > bounds.most(autoscaler))
        };
        let Some(autoscaler) = all.iter().find(is_more) else { return Ok(()) };
        ensure!(Instant::now() < deadline, "{} keeps more than {} replicas", autoscaler.name, bounds.most(autoscaler));
        sleep(PULSE).await;
    }
}

/// What a metric says of a resource, of whole pods or of one of their containers.
fn resource(metric: &Value) -> &Value {
    if metric["type"] == "ContainerResource" { &metric["containerResource"] } else { &metric["resource"] }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
