//! Derives from the contract which workload may call which: the mesh's AuthorizationPolicies, by method, and the
//! NetworkPolicies of Kubernetes below them, by port.
//!
//! The mesh knows workloads, not people. So a method with a REST route is open to the gateway, a method granted to
//! a service is open to that service, and everything else is closed; who of the *users* may call it is decided by the
//! service itself. The keys that verify users' tokens are open to every service that users call.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, MethodDescriptor};
use serde_json::{Value, json};

use super::options::{field, grants, is_routed, path, rpc, services};

const POLICIES: &str = "\
# Generated from proto/ by `./dev gen`; do not edit. Which workload may call which method; which user may is
# decided by the service. An ALLOW policy refuses everything that it does not list, and the first one, which lists
# nothing, everything to a workload that has none of its own.
";

const NETWORK: &str = "\
# Generated from proto/ by `./dev gen`; do not edit. Which pods may open a connection to which, in both directions: what
# is not listed is dropped. What they need besides (names, the broker, databases, the mesh) is in egress.yaml.
";

const NAMESPACE: &str = "labelmesh";
const TRUST: &str = "cluster.local/ns";
/// The ingress gateway's namespace and service account: by Istio's Helm charts, and by `istioctl install`.
const INGRESS: &[(&str, &str)] =
    &[("istio-ingress", "istio-ingress"), ("istio-system", "istio-ingressgateway-service-account")];
/// Who may read metrics: the namespace of Prometheus.
const MONITORING: &str = "monitoring";
/// What every service calls that verifies the tokens of users.
const KEYS: &str = "/labelmesh.auth.v1.AuthService/GetJwks";

/// The port on which every service answers gRPC.
const GRPC_PORT: u16 = 8080;
/// The port of `/metrics`, which only the monitoring namespace may read.
const ADMIN_PORT: u16 = 9090;

/// The services that call a service, each with the paths that it may call.
type Callers = BTreeMap<String, Vec<String>>;

/// The text of `mesh/istio/authorization-policies.yaml`.
pub(crate) fn authorization_policies(encoded: &[u8]) -> Result<String> {
    let nothing = json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "nothing", "namespace": NAMESPACE},
        "spec": {},
    });
    let mut policies = vec![nothing];
    policies.extend(callers(encoded)?.iter().map(|(service, callers)| policy(service, rules(callers))));
    // The gateway is open to the ingress gateway, which is the only way in.
    let ingress: Vec<_> = INGRESS.iter().map(|(namespace, account)| principal(namespace, account)).collect();
    let ingress = rule(json!({"principals": ingress}), json!({"ports": [GRPC_PORT.to_string()]}));
    policies.push(policy("gateway", vec![ingress]));
    documents(POLICIES, &policies)
}

/// The text of `deploy/kubernetes/base/network-policies.yaml`.
pub(crate) fn network_policies(encoded: &[u8]) -> Result<String> {
    let callers = callers(encoded)?;
    let calls = |caller: &str| -> Vec<&str> {
        let called = callers.iter().filter(|(_, callers)| callers.contains_key(caller));
        called.map(|(service, _)| service.as_str()).collect()
    };
    let mut policies = vec![network_policy("nothing", &json!({}), &[], &[])];
    for (service, callers) in &callers {
        let callers: Vec<_> = callers.keys().map(|caller| pods(caller)).collect();
        policies.push(of_service(service, &callers, &calls(service)));
    }
    let ingress: Vec<_> = INGRESS.iter().map(|(namespace, _)| namespace_of(namespace)).collect();
    policies.push(of_service("gateway", &ingress, &calls("gateway")));
    documents(NETWORK, &policies)
}

fn callers(encoded: &[u8]) -> Result<BTreeMap<String, Callers>> {
    let pool = DescriptorPool::decode(encoded).context("decode the descriptors")?;
    let mut callers: BTreeMap<String, Callers> = BTreeMap::new();
    let mut called_by_users = BTreeSet::new();
    for service in services(&pool) {
        let name = service.package_name().split('.').nth(1).context("packages are labelmesh.<service>.v1")?;
        for method in service.methods() {
            for caller in callers_of(&method)? {
                callers.entry(name.to_owned()).or_default().entry(caller).or_default().push(path(&method));
            }
            if is_routed(&method)? {
                called_by_users.insert(name.to_owned());
            }
        }
    }
    let auth = callers.get_mut("auth").context("auth is called")?;
    for verifier in called_by_users.iter().filter(|name| *name != "auth") {
        auth.entry(verifier.clone()).or_default().push(KEYS.to_owned());
    }
    Ok(callers)
}

fn callers_of(method: &MethodDescriptor) -> Result<BTreeSet<String>> {
    let rpc = rpc(method)?.context("a method declares who may call it")?;
    let mut callers = BTreeSet::new();
    if is_routed(method)? {
        callers.insert("gateway".to_owned());
    }
    for grant in grants(&rpc)?.iter().filter(|grant| grant.has_field_by_name("service")) {
        callers.insert(field(grant, "service").as_str().context("a service is a name")?.to_owned());
    }
    Ok(callers)
}

fn rules(callers: &Callers) -> Vec<Value> {
    let to = |paths: &[String]| json!({"methods": ["POST"], "paths": paths, "ports": [GRPC_PORT.to_string()]});
    let from = |caller: &str| json!({"principals": [principal(NAMESPACE, caller)]});
    callers.iter().map(|(caller, paths)| rule(from(caller), to(paths))).collect()
}

fn principal(namespace: &str, account: &str) -> String {
    format!("{TRUST}/{namespace}/sa/{account}")
}

/// A policy of these rules and one that lets the metrics be read. Its keys are in alphabetical order, which is kept
/// whether or not a dependency has `serde_json` keep another.
fn policy(service: &str, mut rules: Vec<Value>) -> Value {
    let metrics = json!({"methods": ["GET"], "paths": ["/metrics"], "ports": [ADMIN_PORT.to_string()]});
    rules.push(rule(json!({"namespaces": [MONITORING]}), metrics));
    json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": service, "namespace": NAMESPACE},
        "spec": {
            "action": "ALLOW",
            "rules": rules,
            "selector": {"matchLabels": {"app.kubernetes.io/name": service}},
        },
    })
}

/// What reaches a service, and what it reaches of ours.
fn of_service(service: &str, callers: &[Value], calls: &[&str]) -> Value {
    let from = |sources: &[Value], port: u16| json!({"from": sources, "ports": ports(port)});
    let ingress = [from(callers, GRPC_PORT), from(&[namespace_of(MONITORING)], ADMIN_PORT)];
    let called: Vec<_> = calls.iter().map(|service| pods(service)).collect();
    let egress = json!({"to": called, "ports": ports(GRPC_PORT)});
    let egress = if called.is_empty() { vec![] } else { vec![egress] };
    let selector = json!({"matchLabels": {"app.kubernetes.io/name": service}});
    network_policy(service, &selector, &ingress, &egress)
}

fn network_policy(name: &str, pods: &Value, ingress: &[Value], egress: &[Value]) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "egress": egress,
            "ingress": ingress,
            "podSelector": pods,
            "policyTypes": ["Ingress", "Egress"],
        },
    })
}

fn pods(service: &str) -> Value {
    json!({"podSelector": {"matchLabels": {"app.kubernetes.io/name": service}}})
}

fn namespace_of(name: &str) -> Value {
    json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}})
}

fn ports(port: u16) -> Value {
    json!([{"port": port, "protocol": "TCP"}])
}

fn documents(header: &str, documents: &[Value]) -> Result<String> {
    documents
        .iter()
        .try_fold(header.to_owned(), |text, document| Ok(text + "---\n" + &serde_yaml_ng::to_string(document)?))
}

fn rule(source: Value, operation: Value) -> Value {
    json!({"from": [{"source": source}], "to": [{"operation": operation}]})
}
