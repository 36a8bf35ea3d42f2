//! What there is once objects are applied: what they say themselves, and what cert-manager and CloudNativePG make of
//! them.

use serde_json::{Map, Value};

use crate::object::{array, text};

/// The port of PostgreSQL, and of the pooler before it.
const POSTGRES: u64 = 5432;

/// A Service.
pub(super) struct Service<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: String,
    pub(super) ports: Vec<u64>,
}

/// All Services.
pub(super) fn services(objects: &[Value]) -> impl Iterator<Item = Service<'_>> {
    objects.iter().flat_map(|object| {
        let (namespace, name) = (text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
        let of = |name: String| Service { namespace, name, ports: vec![POSTGRES] };
        match text(&object["kind"]) {
            "Service" => {
                let ports = array(&object["spec"]["ports"]).filter_map(|port| port["port"].as_u64()).collect();
                vec![Service { namespace, name: name.to_owned(), ports }]
            }
            "Pooler" => vec![of(name.to_owned())],
            "Cluster" => ["rw", "ro", "r"].iter().map(|role| of(format!("{name}-{role}"))).collect(),
            _ => Vec::new(),
        }
    })
}

/// The Secrets that Certificates are written to: each its namespace and its name.
pub(super) fn secrets(objects: &[Value]) -> impl Iterator<Item = (&str, &str)> {
    let certificates = objects.iter().filter(|object| object["kind"] == "Certificate");
    certificates.map(|object| (text(&object["metadata"]["namespace"]), text(&object["spec"]["secretName"])))
}

/// The labels of the pods of each workload, with its namespace.
pub(super) fn pods(objects: &[Value]) -> impl Iterator<Item = (&str, Map<String, Value>)> {
    objects.iter().filter_map(|object| {
        let spec = &object["spec"];
        let given = || spec["template"]["metadata"]["labels"].as_object().cloned();
        let labels = match text(&object["kind"]) {
            "Deployment" | "StatefulSet" => given()?,
            "Cluster" => labels(&[("cluster", &object["metadata"]["name"]), ("podRole", &"instance".into())]),
            "Pooler" => {
                let own = [("cluster", &spec["cluster"]["name"]), ("poolerName", &object["metadata"]["name"])];
                given().unwrap_or_default().into_iter().chain(labels(&own)).collect()
            }
            _ => return None,
        };
        Some((text(&object["metadata"]["namespace"]), labels))
    })
}

/// Labels of CloudNativePG.
fn labels(pairs: &[(&str, &Value)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| (format!("cnpg.io/{name}"), (*value).clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::faults;

    /// A database with its pooler and its certificate, and who calls it.
    fn database() -> Value {
        let head = |name: &str| json!({"name": name, "namespace": "postgres"});
        let config = "a: databases-rw.postgres.svc.cluster.local:5432\nb: pooler.postgres.svc.cluster.local";
        json!([
            {"kind": "Namespace", "metadata": {"name": "postgres"}},
            {"kind": "ClusterIssuer", "metadata": {"name": "authority"}, "spec": {"ca": {"secretName": "authority"}}},
            {
                "kind": "Certificate",
                "metadata": {"name": "authority", "namespace": "cert-manager"},
                "spec": {"secretName": "authority", "issuerRef": {"kind": "ClusterIssuer", "name": "authority"}},
            },
            {"kind": "Certificate", "metadata": head("server"), "spec": {"secretName": "server"}},
            {
                "kind": "Cluster",
                "metadata": head("databases"),
                "spec": {"imageName": "example.com/postgresql:18.4", "certificates": {"serverTLSSecret": "server"}},
            },
            {"kind": "Pooler", "metadata": head("pooler"), "spec": {"cluster": {"name": "databases"}}},
            {
                "kind": "NetworkPolicy",
                "metadata": head("pooler"),
                "spec": {"podSelector": {"matchLabels": {"cnpg.io/poolerName": "pooler"}}},
            },
            {
                "kind": "ConfigMap",
                "metadata": {"name": "tasks", "namespace": "labelmesh"},
                "data": {"config": config},
            },
        ])
    }

    #[test]
    fn what_operators_make_is_there() {
        let faults_with = |pointer: &str, value: &str| {
            let mut objects = database();
            if !pointer.is_empty() {
                *objects.pointer_mut(pointer).expect("a field") = value.into();
            }
            faults(objects.as_array().expect("objects"), &[])
        };
        assert_eq!(faults_with("", ""), Vec::<String>::new());
        for (pointer, value, fault) in [
            ("/1/spec/ca/secretName", "server", "ClusterIssuer authority: ca/secretName: there is no Secret server"),
            ("/2/spec/issuerRef/kind", "Issuer", "there is no Issuer authority"),
            ("/4/spec/certificates/serverTLSSecret", "authority", "there is no Secret authority"),
            ("/4/spec/imageName", "example.com/postgresql:latest", "has no version"),
            ("/5/spec/cluster/name", "database", "there is no Cluster database"),
            ("/5/metadata/name", "poolers", "no pod has the labels"),
            ("/5/metadata/name", "poolers", "there is no Service pooler"),
            ("/6/metadata/namespace", "labelmesh", "no pod has the labels"),
            ("/7/data/config", "//x@databases-rw.postgres.svc.cluster.local:5433/x", "databases-rw has no port 5433"),
            ("/7/data/config", "tls://databases-0.databases.postgres.svc.cluster.local", "no Service databases"),
        ] {
            let found = faults_with(pointer, value);
            assert!(found.iter().any(|found| found.contains(fault)), "{pointer} = {value}: {found:?}");
        }
    }
}
