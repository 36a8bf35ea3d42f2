//! Every pod is asked for its metrics, under mutual TLS, and every rule can be evaluated.

use std::{collections::BTreeSet, time::Duration};

use anyhow::ensure;
use tokio::time::{Instant, sleep};

use super::{array, pods};
use crate::{kubectl::Kubectl, prometheus::Prometheus};

/// Four times as long as one look at all pods is after the other.
const SEEN_WITHIN: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_secs(1);

/// Compares what Prometheus has reached with the pods that there are.
pub(super) async fn check(kubectl: &Kubectl) -> anyhow::Result<String> {
    let prometheus = Prometheus::find(kubectl)?;
    let deadline = Instant::now() + SEEN_WITHIN;
    let reached = loop {
        let reached = prometheus.query("up{job=\"labelmesh\"} == 1").await?;
        let reached: BTreeSet<_> = reached.iter().map(|series| series.label("instance").to_owned()).collect();
        let pods = pods(kubectl)?;
        ensure!(!pods.is_empty(), "there are no pods");
        let missed: Vec<_> = pods.iter().map(|pod| &pod.name).filter(|name| !reached.contains(*name)).collect();
        if missed.is_empty() {
            break reached;
        }
        ensure!(Instant::now() < deadline, "Prometheus does not reach {missed:?}: {}", faults(&prometheus).await?);
        sleep(PULSE).await;
    };
    let groups = prometheus.ask("rules", &[]).await?;
    let rules: Vec<_> = array(&groups["groups"]).flat_map(|group| array(&group["rules"])).collect();
    let ill: Vec<_> = rules.iter().filter(|rule| rule["health"] == "err").map(|rule| &rule["name"]).collect();
    ensure!(!rules.is_empty() && ill.is_empty(), "of {} rules there can't be evaluated: {ill:?}", rules.len());
    Ok(format!("Prometheus reads the metrics of all {} pods; {} rules are evaluated", reached.len(), rules.len()))
}

/// Why it does not reach what it does not reach.
async fn faults(prometheus: &Prometheus) -> anyhow::Result<String> {
    let targets = prometheus.ask("targets", &[("state", "active")]).await?;
    let errors = array(&targets["activeTargets"]).filter_map(|target| target["lastError"].as_str());
    let errors: BTreeSet<_> = errors.filter(|error| !error.is_empty()).collect();
    Ok(format!("{errors:?}"))
}
