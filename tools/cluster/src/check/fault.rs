//! Faults of one pod, planted in its sidecar: the others, and whoever calls, know nothing of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::Pod;
use crate::kubectl::Kubectl;

/// The label of the pod that has a fault.
const LABEL: &str = "labelmesh.example.com/tried";
const NAME: &str = "tried";

/// What is wrong with a pod.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// It answers every call UNAVAILABLE, at HTTP status 200.
    Unavailable,
    /// Each of its answers comes late by [`Fault::LATE`].
    Late,
}

impl Fault {
    /// How late answers are that are late.
    pub(super) const LATE: Duration = Duration::from_millis(500);
}

/// Gives a pod a fault.
///
/// # Errors
/// As kubectl says.
pub(super) fn plant(kubectl: &Kubectl, pod: &Pod, fault: Fault) -> anyhow::Result<()> {
    let always = json!({"numerator": 100, "denominator": "HUNDRED"});
    let what = match fault {
        Fault::Unavailable => json!({"abort": {"grpc_status": 14, "percentage": always}}),
        Fault::Late => {
            let delay = format!("{}s", Fault::LATE.as_secs_f64());
            json!({"delay": {"fixed_delay": delay, "percentage": always}})
        }
    };
    kubectl.run(&["--namespace", "labelmesh", "label", "pod", &pod.name, &format!("{LABEL}=fault")])?;
    kubectl.apply(&filter(&what).to_string())
}

/// Makes it well again.
///
/// # Errors
/// As kubectl says.
pub(super) fn heal(kubectl: &Kubectl, pod: &Pod) -> anyhow::Result<()> {
    let envoy_filter = format!("envoyfilters.networking.istio.io/{NAME}");
    kubectl.run(&["--namespace", "labelmesh", "delete", "--ignore-not-found", &envoy_filter])?;
    kubectl.run(&["--namespace", "labelmesh", "label", "pod", &pod.name, &format!("{LABEL}-")]).map(|_| ())
}

/// Envoy's own filter for faults, before a call leaves the sidecar for the service.
fn filter(what: &Value) -> Value {
    let mut config = json!({"@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault"});
    if let (Some(config), Some(what)) = (config.as_object_mut(), what.as_object()) {
        config.extend(what.clone());
    }
    let router = json!({"name": "envoy.filters.http.router"});
    let connections = json!({"name": "envoy.filters.network.http_connection_manager", "subFilter": router});
    let place = json!({"context": "SIDECAR_INBOUND", "listener": {"filterChain": {"filter": connections}}});
    let value = json!({"name": "envoy.filters.http.fault", "typed_config": config});
    let patch = json!({"operation": "INSERT_BEFORE", "value": value});
    json!({
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": NAME, "namespace": "labelmesh"},
        "spec": {
            "workloadSelector": {"labels": {LABEL: "fault"}},
            "configPatches": [{"applyTo": "HTTP_FILTER", "match": place, "patch": patch}],
        },
    })
}
