//! The collector of spans and the Jaeger behind it, and the traces that it has.

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
const FILE: &str = "otel-collector.yaml";

/// Starts both behind the mesh, the collector with our configuration.
///
/// # Errors
/// If something is refused, or it does not get ready.
pub(crate) fn start(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    kubectl.apply(&namespace("monitoring"))?;
    // Of two extensions that tell whether a collector is well, Jaeger has the newer one alone. It takes the same
    // configuration.
    let config = read(&layout.source("observability").join(FILE))?.replace("health_check", "healthcheckv2");
    let metadata = json!({"name": "otel-collector", "namespace": "monitoring"});
    let data = json!({FILE: config});
    kubectl.apply(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}).to_string())?;
    kubectl.apply(&read(&layout.source("tools/cluster/manifests/tracing.yaml"))?)?;
    available(kubectl, "monitoring")
}

/// Asks Jaeger, from within the cluster's network.
#[derive(Debug, Clone)]
pub(crate) struct Jaeger {
    address: String,
}

/// A span of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) id: String,
    /// The span that it is a part of; none where it begins a trace.
    pub(crate) parent: Option<String>,
    /// The service, or the Envoy, that has made it.
    pub(crate) maker: String,
    pub(crate) name: String,
    /// `server`, `client`, `internal` and others.
    pub(crate) kind: String,
    /// The method, where it is a call of gRPC as our services see it.
    pub(crate) method: Option<String>,
}

impl Jaeger {
    /// The one that [`start`] has started.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn find(kubectl: &Kubectl) -> anyhow::Result<Self> {
        let service = kubectl.get(&["--namespace", "monitoring", "service", "jaeger-query"])?;
        let address = service["spec"]["clusterIP"].as_str().context("a Service has an address")?;
        Ok(Self { address: format!("http://{address}:16686") })
    }

    /// The spans of a trace that have come so far, by their ids.
    ///
    /// # Errors
    /// If Jaeger does not answer, or not with what can be read.
    pub(crate) async fn trace(&self, id: &str) -> anyhow::Result<Vec<Span>> {
        let url = format!("{}/api/traces/{id}", self.address);
        let answer = labelmesh_servers::http_client().get(url).send().await.context("Jaeger does not answer")?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(vec![]);
        }
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "Jaeger says {status}: {text}");
        let traces: Traces = serde_json::from_str(&text).context("what Jaeger says is no trace")?;
        ensure!(traces.data.len() <= 1, "one id is that of {} traces", traces.data.len());
        let mut spans: Vec<_> = traces.data.iter().flat_map(Trace::spans).collect();
        spans.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(spans)
    }
}

/// What Jaeger answers.
#[derive(Debug, Deserialize)]
struct Traces {
    data: Vec<Trace>,
}

#[derive(Debug, Deserialize)]
struct Trace {
    spans: Vec<Value>,
    processes: Value,
}

impl Trace {
    fn spans(&self) -> Vec<Span> {
        self.spans.iter().map(|span| self.span(span)).collect()
    }

    fn span(&self, span: &Value) -> Span {
        let list = |name: &str| span[name].as_array().map(Vec::as_slice).unwrap_or_default();
        let tag = |key: &str| list("tags").iter().find(|tag| tag["key"] == key).and_then(|tag| tag["value"].as_str());
        let parent = list("references").iter().find(|reference| reference["refType"] == "CHILD_OF");
        let process = span["processID"].as_str().unwrap_or_default();
        Span {
            id: text(&span["spanID"]),
            parent: parent.map(|parent| text(&parent["spanID"])),
            maker: text(&self.processes[process]["serviceName"]),
            name: text(&span["operationName"]),
            kind: tag("span.kind").unwrap_or("internal").to_owned(),
            method: tag("rpc.method").map(str::to_owned),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
