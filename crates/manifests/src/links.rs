//! What objects of a cluster refer to: by name, by label, by address. A reference to what is not there is found by no
//! schema, and by the cluster only when a pod does not start or a call goes nowhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    certificates, connecting, ejection, made,
    object::{array, name, namespace, text},
    retries,
};

/// Where a field names another object of its namespace, and the kind of that one.
const NAMES: &[(&str, &str)] = &[
    ("configMapRef/name", "ConfigMap"),
    ("configMapKeyRef/name", "ConfigMap"),
    ("configMap/name", "ConfigMap"),
    ("secretRef/name", "Secret"),
    ("secretKeyRef/name", "Secret"),
    ("secret/secretName", "Secret"),
    ("secret/name", "Secret"),
    ("ca/secretName", "Secret"),
    ("passwordSecret/name", "Secret"),
    ("accessKeyId/name", "Secret"),
    ("secretAccessKey/name", "Secret"),
    ("region/name", "Secret"),
    ("serverTLSSecret", "Secret"),
    ("serverCASecret", "Secret"),
    ("serviceAccountName", "ServiceAccount"),
    ("serviceName", "Service"),
    ("templateName", "AnalysisTemplate"),
    ("virtualService/name", "VirtualService"),
    ("destinationRule/name", "DestinationRule"),
    ("activeService", "Service"),
    ("previewService", "Service"),
    ("cluster/name", "Cluster"),
    ("barmanObjectName", "ObjectStore"),
    ("ingressClassName", "IngressClass"),
];

/// Where a field names a key of another object, and the kind of that one.
const KEYS: &[(&str, &str)] = &[
    ("configMapKeyRef", "ConfigMap"),
    ("secretKeyRef", "Secret"),
    ("accessKeyId", "Secret"),
    ("secretAccessKey", "Secret"),
    ("region", "Secret"),
];

/// Where a field holds an object of kind and name, and the kind that it has where none is given.
const TARGETS: &[(&str, &str)] =
    &[("scaleTargetRef", "Deployment"), ("workloadRef", "Deployment"), ("issuerRef", "Issuer")];

/// Images that people load into a cluster of their own; the overlay `dev` says so.
const LOADED: &[&str] = &["labelmesh:dev"];

/// How a Service of ours is called from wherever it is named.
const HOST: &str = ".labelmesh.svc.cluster.local";
/// How a Service of any namespace is.
const ANY_HOST: &str = ".svc.cluster.local";

/// The namespace, kind and name of an object.
type Id<'a> = (&'a str, &'a str, &'a str);

/// Everything that these objects refer to and that is neither among them, nor made of them by an operator, nor among
/// what is brought; every ingress without a certificate for its hosts; every route, or default of the mesh, that
/// repeats what may have arrived; every rule by which connecting takes longer than a call may, or by which all
/// replicas may be left out. Of what is brought without data no keys are known, and none is missed.
#[must_use]
pub fn faults(objects: &[Value], brought: &[Value]) -> Vec<String> {
    let there = There::of(objects, brought);
    let mut faults = Vec::new();
    for object in objects {
        let mut found = Vec::new();
        let own = namespace(object);
        walk(object, &mut Vec::new(), &mut |path, value| found.extend(there.faults(own, path, value)));
        found.extend(there.selector_fault(object));
        found.extend(there.route_faults(object));
        found.extend(retries::faults(object));
        found.extend(connecting::fault(object));
        found.extend(ejection::fault(object));
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", name(object))));
    }
    faults.extend(certificates::faults(objects));
    faults
}

/// What there is to be referred to.
struct There<'a> {
    /// Also what operators make.
    names: BTreeSet<Id<'a>>,
    /// The keys of each ConfigMap and Secret that has some.
    keys: BTreeMap<Id<'a>, BTreeSet<&'a str>>,
    /// The labels of the pods of each workload, with its namespace.
    pods: Vec<(&'a str, Map<String, Value>)>,
    /// The ports of each Service, by namespace and name.
    ports: BTreeMap<(&'a str, String), Vec<u64>>,
    /// The namespaces whose Services are all known.
    whole: BTreeSet<&'a str>,
    /// The subsets of each host.
    subsets: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> There<'a> {
    fn of(objects: &'a [Value], brought: &'a [Value]) -> Self {
        let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
        let id = |object: &'a Value| {
            let head = &object["metadata"];
            (text(&head["namespace"]), text(&object["kind"]), text(&head["name"]))
        };
        let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
        for object in objects.iter().chain(brought) {
            let data = ["data", "binaryData", "stringData"].into_iter().filter_map(|field| object[field].as_object());
            for (key, _) in data.flatten() {
                keys.entry(id(object)).or_default().insert(key.as_str());
            }
        }
        let whole = of_kind("Namespace").map(|namespace| text(&namespace["metadata"]["name"]));
        let subsets = of_kind("DestinationRule").flat_map(|rule| {
            let host = text(&rule["spec"]["host"]);
            array(&rule["spec"]["subsets"]).map(move |subset| (host, text(&subset["name"])))
        });
        let services = made::services(objects);
        let made = made::secrets(objects).map(|(namespace, secret)| (namespace, "Secret", secret));
        Self {
            names: objects.iter().chain(brought).map(id).chain(made).collect(),
            keys,
            pods: made::pods(objects).collect(),
            ports: services.map(|service| ((service.namespace, service.name), service.ports)).collect(),
            whole: whole.chain(["labelmesh"]).collect(),
            subsets: subsets.collect(),
        }
    }

    /// Whether there is such an object in a namespace, or in none.
    fn has(&self, namespace: &str, kind: &str, name: &str) -> bool {
        [namespace, ""].iter().any(|namespace| self.names.contains(&(*namespace, kind, name)))
    }

    /// What is wrong with one field of an object of the namespace `own`.
    fn faults(&self, own: &str, path: &[&str], value: &Value) -> Vec<String> {
        let field = path.last().copied().unwrap_or_default();
        if let Some((_, usual)) = TARGETS.iter().find(|(name, _)| *name == field) {
            let (kind, name) = (value["kind"].as_str().unwrap_or(usual), text(&value["name"]));
            let missing = !self.has(own, kind, name);
            return missing.then(|| format!("{field}: there is no {kind} {name}")).into_iter().collect();
        }
        if let Some((_, kind)) = KEYS.iter().find(|(name, _)| *name == field)
            && value.is_object()
        {
            let fault = self.key_fault(own, kind, value);
            return fault.map(|fault| format!("{field}: {fault}")).into_iter().collect();
        }
        let Some(value) = value.as_str() else { return Vec::new() };
        if matches!(field, "image" | "imageName") {
            return image_fault(value).into_iter().collect();
        }
        let end = path.iter().rev().take(2).rev().copied().collect::<Vec<_>>().join("/");
        if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == end || *name == field) {
            let missing = !self.has(own, kind, value);
            return missing.then(|| format!("{end}: there is no {kind} {value}")).into_iter().collect();
        }
        self.address_faults(value).into_iter().map(|fault| format!("{end}: {fault}")).collect()
    }

    /// What is wrong with a key of an object of the namespace `own` that is there.
    fn key_fault(&self, own: &str, kind: &str, reference: &Value) -> Option<String> {
        let (name, key) = (text(&reference["name"]), text(&reference["key"]));
        let keys = self.keys.get(&(own, kind, name))?;
        (!keys.contains(key)).then(|| format!("the {kind} {name} has no key {key}"))
    }

    /// What is wrong with the addresses of Services in a text, wherever they stand in it.
    fn address_faults(&self, value: &str) -> Vec<String> {
        let fault = |(at, _): (usize, &str)| {
            let (before, after) = (&value[..at], &value[at + ANY_HOST.len()..]);
            let host = before.rsplit(|letter: char| !letter.is_alphanumeric() && !"-.".contains(letter)).next()?;
            // What stands before the Service is one of its pods.
            let mut labels = host.rsplit('.');
            let (namespace, service) = (labels.next()?, labels.next()?);
            let namespace = self.whole.get(namespace)?;
            let Some(ports) = self.ports.get(&(*namespace, service.to_owned())) else {
                return Some(format!("there is no Service {service}"));
            };
            let port = after.strip_prefix(':')?.split(|letter: char| !letter.is_ascii_digit()).next()?;
            let open = port.parse().is_ok_and(|port| ports.contains(&port));
            (!open).then(|| format!("the Service {service} has no port {port}"))
        };
        value.match_indices(ANY_HOST).filter_map(fault).collect()
    }

    /// Whether what an object is for is the pods of anybody.
    fn selector_fault(&self, object: &Value) -> Option<String> {
        let spec = &object["spec"];
        let labels = match text(&object["kind"]) {
            "Service" => &spec["selector"],
            "PodDisruptionBudget" | "AuthorizationPolicy" | "Deployment" | "Rollout" | "StatefulSet" => {
                &spec["selector"]["matchLabels"]
            }
            "NetworkPolicy" => &spec["podSelector"]["matchLabels"],
            "Sidecar" => &spec["workloadSelector"]["labels"],
            _ => return None,
        };
        let labels = labels.as_object()?;
        let fits = |(own, pod): &(&str, Map<String, Value>)| {
            *own == namespace(object) && labels.iter().all(|(name, value)| pod.get(name) == Some(value))
        };
        (!self.pods.iter().any(fits)).then(|| format!("no pod has the labels {labels:?}"))
    }

    /// Routes to a port or a subset that nobody has.
    fn route_faults(&self, object: &Value) -> Vec<String> {
        let routes = array(&object["spec"]["http"]).flat_map(|route| array(&route["route"]));
        let destinations = routes.map(|route| &route["destination"]);
        destinations
            .filter_map(|destination| {
                let host = text(&destination["host"]);
                let port = destination["port"]["number"].as_u64();
                let ports = self.ports.get(&("labelmesh", host.strip_suffix(HOST)?.to_owned()))?;
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
            {"kind": "ServiceAccount", "metadata": {"name": "tasks", "namespace": "labelmesh"}},
            {
                "kind": "ConfigMap",
                "metadata": {"name": "tasks-1", "namespace": "labelmesh"},
                "data": {"TASKS__PEER__ENDPOINTS": "http://tasks.labelmesh.svc.cluster.local:8080"},
            },
            {
                "kind": "Service",
                "metadata": {"name": "tasks", "namespace": "labelmesh"},
                "spec": {"selector": {"app": "tasks"}, "ports": [{"port": 8080}]},
            },
            {"kind": "Deployment", "metadata": {"name": "tasks", "namespace": "labelmesh"}, "spec": {"template": pod}},
            {
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "tasks", "namespace": "labelmesh"},
                "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "tasks"}},
            },
            {
                "kind": "DestinationRule",
                "metadata": {"name": "tasks", "namespace": "labelmesh"},
                "spec": {
                    "host": "tasks.labelmesh.svc.cluster.local",
                    "subsets": [{"name": "stable"}],
                    "trafficPolicy": {"connectionPool": {"tcp": {"connectTimeout": "500ms"}}},
                },
            },
            {
                "kind": "VirtualService",
                "metadata": {"name": "tasks", "namespace": "labelmesh"},
                "spec": {"http": [{"retries": {"attempts": 0}, "route": [{"destination": {
                    "host": "tasks.labelmesh.svc.cluster.local",
                    "port": {"number": 8080},
                    "subset": "stable",
                }}]}]},
            },
        ])
    }

    /// What an installation brings: of the second Secret the keys are known.
    fn brought() -> [Value; 2] {
        let secret = |name: &str, data: Value| {
            let head = json!({"name": name, "namespace": "labelmesh"});
            json!({"kind": "Secret", "metadata": head, "stringData": data})
        };
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
