//! What KEDA reads of a ScaledObject and its schema does not hold: parameters of triggers, which are texts there, and
//! that nobody else scales the same pods. Without this an autoscaler that never does anything would pass.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use labelmesh_manifests::{array, name, target, text};
use serde::Deserialize;
use serde_json::Value;

const PROMETHEUS: &str = include_str!("../../schemas/keda-prometheus-trigger.yaml");
/// Parameters of triggers that are numbers.
const NUMBERS: &[&str] = &["threshold", "activationThreshold"];

/// What KEDA knows of a type of triggers.
#[derive(Debug, Deserialize)]
struct Trigger {
    #[serde(rename = "type")]
    kind: String,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    #[serde(default)]
    optional: bool,
    default: Option<String>,
}

/// Everything that is wrong with the ScaledObjects among these.
pub(super) fn faults(objects: &[Value]) -> Result<Vec<String>> {
    let known: Trigger = serde_yaml_ng::from_str(PROMETHEUS).context("what KEDA knows of triggers")?;
    let mut faults = Vec::new();
    for object in objects.iter().filter(|object| object["kind"] == "ScaledObject") {
        let triggers = array(&object["spec"]["triggers"]);
        let found = triggers.flat_map(|trigger| trigger_faults(trigger, &known));
        faults.extend(found.map(|fault| format!("{}: {fault}", name(object))));
    }
    faults.extend(scaled_twice(objects));
    Ok(faults)
}

fn trigger_faults(trigger: &Value, known: &Trigger) -> Vec<String> {
    let kind = text(&trigger["type"]);
    if kind != known.kind {
        return vec![format!("the parameters of triggers of the type {kind} are not known here")];
    }
    let given = trigger["metadata"].as_object().into_iter().flatten();
    let unknown = given.clone().filter_map(|(name, _)| {
        let is_known = known.parameters.iter().any(|parameter| parameter.name == *name);
        (!is_known).then(|| format!("KEDA reads no {name} of a trigger of the type {kind}"))
    });
    let missing = known.parameters.iter().filter_map(|parameter| {
        let needed = !parameter.optional && parameter.default.is_none();
        let missing = needed && text(&trigger["metadata"][&parameter.name]).is_empty();
        missing.then(|| format!("a trigger of the type {kind} has no {}", parameter.name))
    });
    let no_number = given.filter_map(|(name, value)| {
        let is_wrong = NUMBERS.contains(&name.as_str()) && text(value).parse::<f64>().is_err();
        is_wrong.then(|| format!("{name} is no number: {value}"))
    });
    unknown.chain(missing).chain(no_number).collect()
}

/// Two autoscalers of the same pods would undo each other's work.
fn scaled_twice(objects: &[Value]) -> Vec<String> {
    let mut scalers = BTreeMap::<_, Vec<_>>::new();
    for object in objects {
        if matches!(text(&object["kind"]), "ScaledObject" | "HorizontalPodAutoscaler") {
            let target = target(&object["spec"]["scaleTargetRef"]);
            scalers.entry(target).or_default().push(name(object));
        }
    }
    let twice = scalers.into_iter().filter(|(_, scalers)| scalers.len() > 1);
    twice.map(|((kind, name), scalers)| format!("{kind} {name} is scaled by {}", scalers.join(" and by "))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scaled(metadata: &Value) -> Vec<String> {
        let spec = json!({
            "scaleTargetRef": {"name": "workers"},
            "triggers": [{"type": "prometheus", "metadata": metadata}],
        });
        let others = json!({"scaleTargetRef": {"kind": "Deployment", "name": "others"}});
        let objects = [
            json!({"kind": "ScaledObject", "metadata": {"name": "workers"}, "spec": spec}),
            json!({"kind": "HorizontalPodAutoscaler", "metadata": {"name": "others"}, "spec": others}),
        ];
        faults(&objects).expect("known triggers")
    }

    #[test]
    fn a_trigger_has_what_keda_needs_and_nothing_that_it_does_not_read() {
        let address = "http://prometheus:9090";
        assert_eq!(scaled(&json!({"serverAddress": address, "query": "a", "threshold": "40"})), Vec::<String>::new());
        assert_eq!(
            scaled(&json!({"serverAddress": address, "query": "a", "treshold": "40"})),
            [
                "ScaledObject workers: KEDA reads no treshold of a trigger of the type prometheus",
                "ScaledObject workers: a trigger of the type prometheus has no threshold",
            ]
        );
        assert_eq!(
            scaled(&json!({"serverAddress": address, "query": "a", "threshold": "many"})),
            ["ScaledObject workers: threshold is no number: \"many\""]
        );
    }

    #[test]
    fn pods_have_one_autoscaler() {
        let scaler = |kind: &str, target: Value| {
            let head = json!({"name": "workers"});
            json!({"kind": kind, "metadata": head, "spec": {"scaleTargetRef": target}})
        };
        let objects = [
            scaler("HorizontalPodAutoscaler", json!({"kind": "Deployment", "name": "workers"})),
            scaler("ScaledObject", json!({"name": "workers"})),
        ];
        assert_eq!(
            scaled_twice(&objects),
            ["Deployment workers is scaled by HorizontalPodAutoscaler workers and by ScaledObject workers"]
        );
    }
}
