//! The pods that controllers would make, since there are none here. What admits pods, such as Pod Security, does not
//! look at the templates of them, and Istio's analysis looks for pods.

use serde_json::{Value, json};

/// A pod of each workload among these, of its template. A controller would add a suffix to the name.
pub(super) fn of(objects: &[Value]) -> Vec<Value> {
    objects.iter().filter_map(pod).collect()
}

fn pod(workload: &Value) -> Option<Value> {
    let template = &workload["spec"]["template"];
    let spec = &template["spec"];
    spec["containers"].as_array()?;
    let of_template = |field: &str| template["metadata"].get(field).cloned().unwrap_or_else(|| json!({}));
    let metadata = json!({
        "name": workload["metadata"]["name"],
        "namespace": workload["metadata"]["namespace"],
        "labels": of_template("labels"),
        "annotations": of_template("annotations"),
    });
    Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_has_a_pod_of_its_template_and_nothing_else_has_one() {
        let spec = json!({"containers": [{"name": "tasks"}]});
        let deployment = json!({
            "kind": "Deployment",
            "metadata": {"name": "tasks", "namespace": "labelmesh"},
            "spec": {"template": {"metadata": {"labels": {"app": "tasks"}}, "spec": spec}},
        });
        let rollout = json!({"kind": "Rollout", "spec": {"workloadRef": {"kind": "Deployment", "name": "tasks"}}});
        let service = json!({"kind": "Service", "spec": {"selector": {"app": "tasks"}}});
        let metadata =
            json!({"name": "tasks", "namespace": "labelmesh", "labels": {"app": "tasks"}, "annotations": {}});
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec});
        assert_eq!(of(&[deployment, rollout, service]), [pod]);
    }
}
