//! What objects of a cluster refer to: by name, by label, by address. A reference to what is not there is found by no
//! schema, and by the cluster only when a pod does not start or a call goes nowhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Where a field names another object, and the kind of that one.
const NAMES: &[(&str, &str)] = &[
    ("configMapRef/name", "ConfigMap"),
    ("configMapKeyRef/name", "ConfigMap"),
    ("configMap/name", "ConfigMap"),
    ("secretRef/name", "Secret"),
    ("secretKeyRef/name", "Secret"),
    ("secret/secretName", "Secret"),
    ("serviceAccountName", "ServiceAccount"),
    ("templateName", "AnalysisTemplate"),
    ("virtualService/name", "VirtualService"),
    ("destinationRule/name", "DestinationRule"),
    ("activeService", "Service"),
    ("previewService", "Service"),
];

/// Where a field names a key of another object, and the kind of that one.
const KEYS: &[(&str, &str)] = &[("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")];

/// Where a field holds an object of kind and name.
const TARGETS: &[&str] = &["scaleTargetRef", "workloadRef"];

/// Images that people load into a cluster of their own; the overlay `dev` says so.
const LOADED: &[&str] = &["labelmesh:dev"];

/// How a Service of ours is called from wherever it is named.
const HOST: &str = ".labelmesh.svc.cluster.local";

/// The kind and name of an object.
#[must_use]
pub fn name(object: &Value) -> String {
    format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
}

/// The kind and name of what an autoscaler scales or a Rollout runs; KEDA takes it that this is a Deployment.
#[must_use]
pub fn target(reference: &Value) -> (&str, &str) {
    (reference["kind"].as_str().unwrap_or("Deployment"), text(&reference["name"]))
}

/// Everything that these objects refer to and that is neither among them nor among what is brought. Of what is brought
/// without data no keys are known, and none is missed.
#[must_use]
pub fn faults(objects: &[Value], brought: &[Value]) -> Vec<String> {
    let there = There::of(objects, brought);
    let mut faults = Vec::new();
    for object in objects {
        let mut found = Vec::new();
        walk(object, &mut Vec::new(), &mut |path, value| found.extend(there.fault(path, value)));
        found.extend(there.selector_fault(object));
        found.extend(there.route_faults(object));
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", name(object))));
    }
    faults
}

/// What there is to be referred to.
struct There<'a> {
    names: BTreeSet<(&'a str, &'a str)>,
    /// The keys of each ConfigMap and Secret that has some.
    keys: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    /// The labels of each workload's pods.
    pods: Vec<&'a Map<String, Value>>,
    /// The ports of each Service.
    ports: BTreeMap<&'a str, Vec<u64>>,
    /// The subsets of each host.
    subsets: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> There<'a> {
    fn of(objects: &'a [Value], brought: &'a [Value]) -> Self {
        let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
        let named = |object: &'a Value| (text(&object["kind"]), text(&object["metadata"]["name"]));
        let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
        for object in objects.iter().chain(brought) {
            let data = ["data", "binaryData", "stringData"].into_iter().filter_map(|field| object[field].as_object());
            for (key, _) in data.flatten() {
                keys.entry(named(object)).or_default().insert(key.as_str());
            }
        }
        let pods =
            of_kind("Deployment").filter_map(|object| object["spec"]["template"]["metadata"]["labels"].as_object());
        let ports = of_kind("Service").map(|service| {
            let ports = array(&service["spec"]["ports"]).filter_map(|port| port["port"].as_u64());
            (text(&service["metadata"]["name"]), ports.collect())
        });
        let subsets = of_kind("DestinationRule").flat_map(|rule| {
            let host = text(&rule["spec"]["host"]);
            array(&rule["spec"]["subsets"]).map(move |subset| (host, text(&subset["name"])))
        });
        Self {
            names: objects.iter().chain(brought).map(named).collect(),
            keys,
            pods: pods.collect(),
            ports: ports.collect(),
            subsets: subsets.collect(),
        }
    }

    /// What is wrong with one field.
    fn fault(&self, path: &[&str], value: &Value) -> Option<String> {
        let field = path.last().copied().unwrap_or_default();
        if TARGETS.contains(&field) {
            let (kind, name) = target(value);
            return (!self.names.contains(&(kind, name))).then(|| format!("{field}: there is no {kind} {name}"));
        }
        if let Some((_, kind)) = KEYS.iter().find(|(name, _)| *name == field) {
            return self.key_fault(kind, value).map(|fault| format!("{field}: {fault}"));
        }
        let value = value.as_str()?;
        if field == "image" {
            return image_fault(value);
        }
        let end = path.iter().rev().take(2).rev().copied().collect::<Vec<_>>().join("/");
        if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == end || *name == field) {
            return (!self.names.contains(&(kind, value))).then(|| format!("{end}: there is no {kind} {value}"));
        }
        self.address_fault(value).map(|fault| format!("{end}: {fault}"))
    }

    /// What is wrong with a key of an object that is there.
    fn key_fault(&self, kind: &str, reference: &Value) -> Option<String> {
        let (name, key) = (text(&reference["name"]), text(&reference["key"]));
        let keys = self.keys.get(&(kind, name))?;
        (!keys.contains(key)).then(|| format!("the {kind} {name} has no key {key}"))
    }

    /// What is wrong with the address of a Service of ours, wherever it is written.
    fn address_fault(&self, value: &str) -> Option<String> {
        let (before, after) = value.split_once(HOST)?;
        let service = before.rsplit(['/', '@']).next().unwrap_or_default();
        let Some(ports) = self.ports.get(service) else { return Some(format!("there is no Service {service}")) };
        let port = after.strip_prefix(':')?.split(['/', ',']).next()?;
        let open = port.parse().is_ok_and(|port| ports.contains(&port));
        (!open).then(|| format!("the Service {service} has no port {port}"))
    }

    /// Whether what an object is for is the pods of anybody.
    fn selector_fault(&self, object: &Value) -> Option<String> {
        let spec = &object["spec"];
        let labels = match text(&object["kind"]) {
            "Service" => &spec["selector"],
            "PodDisruptionBudget" | "AuthorizationPolicy" | "Deployment" | "Rollout" => {
                &spec["selector"]["matchLabels"]
            }
            "NetworkPolicy" => &spec["podSelector"]["matchLabels"],
            "Sidecar" => &spec["workloadSelector"]["labels"],
            _ => return None,
        };
        let labels = labels.as_object()?;
        let fit = |pod: &&Map<String, Value>| labels.iter().all(|(name, value)| pod.get(name) == Some(value));
        (!self.pods.iter().any(fit)).then(|| format!("no pod has the labels {labels:?}"))
    }

    /// Routes to a port or a subset that nobody has.
    fn route_faults(&self, object: &Value) -> Vec<String> {
        let routes = array(&object["spec"]["http"]).flat_map(|route| array(&route["route"]));
        let destinations = routes.map(|route| &route["destination"]);
        destinations
            .filter_map(|destination| {
                let host = text(&destination["host"]);
                let port = destination["port"]["number"].as_u64();
                let ports = self.ports.get(host.strip_suffix(HOST)?)?;
                if let Some(port) = port.filter(|port| !ports.contains(port)) {
                    return Some(format!("{host} has no port {port}"));
                }
                let subset = destination["subset"].as_str()?;
                (!self.subsets.contains(&(host, subset))).then(|| format!("{host} has no subset {subset}"))
            })
            .collect()
    }
}

/// An image has the version that is meant, and the registry in which it is; else a node asks Docker's.
fn image_fault(image: &str) -> Option<String> {
    let version = image.rsplit('/').next().and_then(|name| name.split_once([':', '@'])).map(|(_, version)| version);
    if matches!(version, None | Some("" | "latest")) {
        return Some(format!("the image {image} has no version"));
    }
    // The first part is a host where it looks like one; that is how it is told from a folder of Docker's registry.
    let host = image.split_once('/').map(|(first, _)| first);
    let registry = host.is_some_and(|host| host.contains(['.', ':']) || host == "localhost");
    (!registry && !LOADED.contains(&image)).then(|| format!("the image {image} is of no registry"))
}

/// Visits every field and every item, each with the names that lead to it.
fn walk<'a>(value: &'a Value, path: &mut Vec<&'a str>, visit: &mut dyn FnMut(&[&str], &Value)) {
    visit(path, value);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push(name);
                walk(value, path, visit);
                path.pop();
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, visit)),
        _ => {}
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A service that has all that it refers to.
    fn service() -> Value {
        let pod = json!({
            "metadata": {"labels": {"app": "tasks"}},
            "spec": {
                "serviceAccountName": "tasks",
                "containers": [{
                    "image": "registry.example.com:5000/labelmesh:0.1.0",
                    "envFrom": [{"configMapRef": {"name": "tasks-1"}}, {"secretRef": {"name": "tasks"}}],
                    "env": [{"name": "URL", "valueFrom": {"secretKeyRef": {"name": "tasks-owner", "key": "url"}}}],
                }],
            },
        });
        json!([
            {"kind": "ServiceAccount", "metadata": {"name": "tasks"}},
            {
                "kind": "ConfigMap",
                "metadata": {"name": "tasks-1"},
                "data": {"TASKS__PEER__ENDPOINTS": "http://tasks.labelmesh.svc.cluster.local:8080"},
            },
            {"kind": "Service", "metadata": {"name": "tasks"}, "spec": {"selector": {"app": "tasks"}, "ports": [{"port": 8080}]}},
            {"kind": "Deployment", "metadata": {"name": "tasks"}, "spec": {"template": pod}},
            {
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "tasks"},
                "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "tasks"}},
            },
            {
                "kind": "DestinationRule",
                "metadata": {"name": "tasks"},
                "spec": {"host": "tasks.labelmesh.svc.cluster.local", "subsets": [{"name": "stable"}]},
            },
            {
                "kind": "VirtualService",
                "metadata": {"name": "tasks"},
                "spec": {"http": [{"route": [{"destination": {
                    "host": "tasks.labelmesh.svc.cluster.local",
                    "port": {"number": 8080},
                    "subset": "stable",
                }}]}]},
            },
        ])
    }

    /// What an installation brings: of the second Secret the keys are known.
    fn brought() -> [Value; 2] {
        let secret =
            |name: &str, data: Value| json!({"kind": "Secret", "metadata": {"name": name}, "stringData": data});
        [secret("tasks", Value::Null), secret("tasks-owner", json!({"url": "postgres://"}))]
    }

    fn with(pointer: &str, value: &str) -> Vec<String> {
        let mut objects = service();
        *objects.pointer_mut(pointer).expect("a field") = value.parse().unwrap_or_else(|_| value.into());
        faults(objects.as_array().expect("objects"), &brought())
    }

    #[test]
    fn what_refers_to_what_is_there_has_no_fault() {
        assert_eq!(faults(service().as_array().expect("objects"), &brought()), Vec::<String>::new());
    }

    #[test]
    fn a_reference_to_what_is_not_there_is_named() {
        let pod = "/3/spec/template/spec";
        let route = "/6/spec/http/0/route/0/destination";
        for (pointer, value, fault) in [
            (format!("{pod}/containers/0/envFrom/0/configMapRef/name"), "tasks", "there is no ConfigMap tasks"),
            (format!("{pod}/containers/0/envFrom/1/secretRef/name"), "task", "there is no Secret task"),
            (format!("{pod}/serviceAccountName"), "users", "there is no ServiceAccount users"),
            (format!("{pod}/containers/0/image"), "labelmesh", "has no version"),
            (format!("{pod}/containers/0/image"), "localhost:5000/labelmesh", "has no version"),
            (format!("{pod}/containers/0/image"), "labelmesh:latest", "has no version"),
            (format!("{pod}/containers/0/image"), "labelmesh:0.1.0", "is of no registry"),
            (format!("{pod}/containers/0/image"), "people/labelmesh:0.1.0", "is of no registry"),
            (
                format!("{pod}/containers/0/env/0/valueFrom/secretKeyRef/key"),
                "uri",
                "the Secret tasks-owner has no key uri",
            ),
            (
                "/1/data/TASKS__PEER__ENDPOINTS".to_owned(),
                "http://task.labelmesh.svc.cluster.local:8080",
                "no Service task",
            ),
            ("/1/data/TASKS__PEER__ENDPOINTS".to_owned(), "http://tasks.labelmesh.svc.cluster.local:80", "no port 80"),
            ("/2/spec/selector/app".to_owned(), "task", "no pod has the labels"),
            ("/4/spec/scaleTargetRef/kind".to_owned(), "Rollout", "there is no Rollout tasks"),
            (format!("{route}/host"), "task.labelmesh.svc.cluster.local", "there is no Service task"),
            (format!("{route}/port/number"), "80", "has no port 80"),
            (format!("{route}/subset"), "canary", "has no subset canary"),
        ] {
            let found = with(&pointer, value);
            assert!(found.iter().any(|found| found.contains(fault)), "{pointer} = {value}: {found:?}");
        }
    }
}
