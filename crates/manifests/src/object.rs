//! What is read of an object everywhere.

use serde_json::Value;

/// The kind and name of an object.
#[must_use]
pub fn name(object: &Value) -> String {
    format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
}

/// The namespace in which an object's references lead somewhere; what belongs to none has an empty one.
pub(crate) fn namespace(object: &Value) -> &str {
    match text(&object["kind"]) {
        // cert-manager looks for their Secrets in its own.
        "ClusterIssuer" => "cert-manager",
        _ => text(&object["metadata"]["namespace"]),
    }
}

/// The kind and name of what an autoscaler scales or a Rollout runs; KEDA takes it that this is a Deployment.
#[must_use]
pub fn target(reference: &Value) -> (&str, &str) {
    (reference["kind"].as_str().unwrap_or("Deployment"), text(&reference["name"]))
}

/// The items of a list; none where it is none.
pub fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text; empty where it is none.
#[must_use]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
