//! What can be seen of the system: metrics, and a trace that goes through all of it.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context as _, Result};
use labelmesh_cluster::{Cluster, Service};
use labelmesh_sdk::Role;
use labelmesh_servers::{Mood, http_client};

use crate::{
    labor::{self, Tally},
    people::{open_task, person, system},
};

/// The metrics that a replica exports.
pub(crate) struct Metrics(String);

/// Asks the admin port at an address.
pub(crate) async fn metrics(address: &str) -> Result<Metrics> {
    let text = http_client().get(format!("http://{address}/metrics")).send().await?.error_for_status()?.text().await?;
    Ok(Metrics(text))
}

impl Metrics {
    /// The sum of all series of a name; 0 where there is none.
    pub(crate) fn total(&self, name: &str) -> f64 {
        self.total_of(name, &[])
    }

    /// The same of those series whose labels have all of these parts.
    pub(crate) fn total_of(&self, name: &str, labels: &[&str]) -> f64 {
        let series = self.0.lines().filter(|line| {
            let rest = line.strip_prefix(name).filter(|rest| rest.starts_with(['{', ' ']));
            rest.is_some_and(|rest| labels.iter().all(|label| rest.contains(label)))
        });
        series.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// The names of all series.
    fn names(&self) -> BTreeSet<String> {
        let series = self.0.lines().filter(|line| !line.starts_with('#'));
        series
            .filter_map(|line| line.split(['{', ' ']).next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

async fn exported(cluster: &Cluster) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for service in Service::ALL {
        for address in cluster.admin_addresses(service).await {
            names.extend(metrics(&address).await?.names());
        }
    }
    Ok(names)
}

/// Every metric that an expression names: a word before `{`, `[` or an aggregation's end that has an underscore and is
/// neither a label nor a function.
fn named_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let ours = ["gateway_", "rpc_", "events_", "outbox_", "notify_", "renditions_", "db_", "http_", "password_"];
    let labels =
        ["http_response_status_code", "rpc_response_status_code", "rpc_method", "rpc_service", "rpc_system_name"];
    words
        .filter(|word| ours.iter().any(|prefix| word.starts_with(prefix)) && !labels.contains(word))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_and_the_alerts_name_metrics_that_exist() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let operator = person(&cluster, "operator", Role::Operator).await?;
    let task = open_task(&client, "Metrics", 1, 5).await?;
    labor::label(std::slice::from_ref(&operator), &client, &task, &Tally::default()).await?;
    cluster.mail().set_mood(Mood::Accept);
    cluster.mail().wait_until(std::time::Duration::from_secs(20), |mails| mails.len() >= 3).await;
    let exported = exported(&cluster).await?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("tests lies in the root")?;
    let analysis = "deploy/kubernetes/components/canary/analysis.yaml";
    for file in ["observability/dashboards/labelmesh.json", "observability/alerts.yaml", analysis] {
        let named = named_in(&std::fs::read_to_string(root.join(file))?);
        assert!(named.len() > 1, "{file} names {named:?}");
        // What counts faults, too: an alert sees the first one only where there was a zero before it.
        let missing: Vec<_> = named.iter().filter(|name| !exported.contains(*name)).collect();
        assert!(missing.is_empty(), "{file} names {missing:?}, which nobody exports: {exported:?}");
    }
    Ok(())
}
