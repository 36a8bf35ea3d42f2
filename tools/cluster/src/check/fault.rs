//! Faults of one pod, planted in its sidecar: the others, and whoever calls, know nothing of it.

use std::{env, time::Duration};

use anyhow::ensure;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{Pod, in_pod};
use crate::{command::output, kubectl::Kubectl};

/// The label of the pod that has a fault.
const LABEL: &str = "labelmesh.example.com/tried";
const NAME: &str = "tried";
/// Envoy's name of the filter.
const FILTER: &str = "envoy.filters.http.fault";
/// How long until a sidecar has heard that the filter is gone.
const HEALED_WITHIN: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_millis(500);

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

/// Makes it well again, and waits until its sidecar is: the next check would meet the fault.
///
/// # Errors
/// As kubectl says, or if the sidecar keeps the fault.
pub(super) async fn heal(kubectl: &Kubectl, pod: &Pod) -> anyhow::Result<()> {
    let envoy_filter = format!("envoyfilters.networking.istio.io/{NAME}");
    kubectl.run(&["--namespace", "labelmesh", "delete", "--ignore-not-found", &envoy_filter])?;
    kubectl.run(&["--namespace", "labelmesh", "label", "pod", &pod.name, &format!("{LABEL}-")])?;
    let deadline = Instant::now() + HEALED_WITHIN;
    while is_ill(kubectl, pod)? {
        ensure!(Instant::now() < deadline, "the sidecar of {} keeps the fault", pod.name);
        sleep(PULSE).await;
    }
    Ok(())
}

/// Whether the sidecar of a pod has the filter, be it in a listener that ends.
fn is_ill(kubectl: &Kubectl, pod: &Pod) -> anyhow::Result<bool> {
    let mut fetch = in_pod(kubectl, pod)?;
    fetch.arg(env::current_exe()?).args(["fetch", "http://127.0.0.1:15000/config_dump?resource=dynamic_listeners"]);
    Ok(output(&mut fetch)?.contains(FILTER))
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
    let value = json!({"name": FILTER, "typed_config": config});
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
