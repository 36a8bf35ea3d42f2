//! The Prometheus that asks all pods of ours, and what it has found.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    deploy::read,
    kubectl::Kubectl,
    layout::Layout,
    platform::{available, namespace},
};

/// The configuration that `observability/` ships.
const FILES: [&str; 2] = ["prometheus.yaml", "alerts.yaml"];

/// Starts it behind the mesh, with our configuration as it stands.
///
/// # Errors
/// If something is refused, or it does not get ready.
pub(crate) fn start(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    kubectl.apply(&namespace("monitoring"))?;
    let mut data = BTreeMap::new();
    for name in FILES {
        data.insert(name, read(&layout.source("observability").join(name))?);
    }
    let metadata = json!({"name": "prometheus", "namespace": "monitoring"});
    kubectl.apply(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}).to_string())?;
    kubectl.apply(&read(&layout.source("tools/cluster/manifests/prometheus.yaml"))?)?;
    available(kubectl, "monitoring")
}

/// Asks it, from within the cluster's network.
#[derive(Debug, Clone)]
pub(crate) struct Prometheus {
    address: String,
}

/// One of the series that an expression has come to.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Series {
    #[serde(rename = "metric")]
    pub(crate) labels: BTreeMap<String, String>,
    /// When, and how much.
    value: (f64, String),
}

impl Series {
    /// What it came to; not a number where it is none.
    pub(crate) fn value(&self) -> f64 {
        self.value.1.parse().unwrap_or(f64::NAN)
    }

    /// A label of it, or nothing.
    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

impl Prometheus {
    /// The one that [`start`] has started.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn find(kubectl: &Kubectl) -> anyhow::Result<Self> {
        let service = kubectl.get(&["--namespace", "monitoring", "service", "prometheus"])?;
        let address = service["spec"]["clusterIP"].as_str().context("a Service has an address")?;
        Ok(Self { address: format!("http://{address}:9090") })
    }

    /// What an expression comes to at this moment.
    ///
    /// # Errors
    /// If Prometheus does not answer, or does not understand.
    pub(crate) async fn query(&self, expression: &str) -> anyhow::Result<Vec<Series>> {
        let data = self.ask("query", &[("query", expression)]).await?;
        Ok(serde_json::from_value(data["result"].clone())?)
    }

    /// What one of its paths says.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub(crate) async fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> anyhow::Result<Value> {
        let mut url = url::Url::parse(&format!("{}/api/v1/{path}", self.address))?;
        url.query_pairs_mut().extend_pairs(parameters);
        let answer = labelmesh_servers::http_client().get(url).send().await.context("Prometheus does not answer")?;
        let mut answer: Value = serde_json::from_str(&answer.text().await?)?;
        ensure!(answer["status"] == "success", "Prometheus says {}", answer["error"]);
        Ok(answer["data"].take())
    }
}
