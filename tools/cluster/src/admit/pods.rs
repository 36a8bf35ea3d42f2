//! The pods that controllers would make, since there are none here. What admits pods, such as Pod Security, does not
//! look at the templates of them, and Istio's analysis looks for pods.

use labelmesh_manifests::array;
use serde_json::{Value, json};

/// A pod of each workload among these, of its template. A controller would add a suffix to the name, and so it would to
/// that of a claim. CloudNativePG's pods are not made: its templates have but what differs from its own.
pub(super) fn of(objects: &[Value]) -> Vec<Value> {
    objects.iter().filter_map(pod).collect()
}

fn pod(workload: &Value) -> Option<Value> {
    if workload["kind"] == "Pooler" {
        return None;
    }
    let template = &workload["spec"]["template"];
    let mut spec = template["spec"].clone();
    spec["containers"].as_array()?;
    let claims = array(&workload["spec"]["volumeClaimTemplates"]).map(|claim| {
        let name = &claim["metadata"]["name"];
        json!({"name": name, "persistentVolumeClaim": {"claimName": name}})
    });
    let volumes: Vec<_> = array(&spec["volumes"]).cloned().chain(claims).collect();
    if !volumes.is_empty() {
        spec["volumes"] = volumes.into();
    }
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

    #[test]
    fn a_pod_of_a_stateful_set_has_its_claims_and_a_pooler_has_no_pod_of_its_template() {
        let spec = json!({"containers": [{"name": "nats"}], "volumes": [{"name": "run", "emptyDir": {}}]});
        let claims = json!([{"metadata": {"name": "data"}}]);
        let nats = json!({"kind": "StatefulSet", "spec": {"template": {"spec": spec}, "volumeClaimTemplates": claims}});
        let pooler = json!({"kind": "Pooler", "spec": {"template": {"spec": {"containers": [{"name": "pgbouncer"}]}}}});
        let volumes = of(&[nats, pooler]).into_iter().map(|pod| pod["spec"]["volumes"].clone());
        let run = json!({"name": "run", "emptyDir": {}});
        let data = json!({"name": "data", "persistentVolumeClaim": {"claimName": "data"}});
        assert_eq!(volumes.collect::<Vec<_>>(), [json!([run, data])]);
    }
}
