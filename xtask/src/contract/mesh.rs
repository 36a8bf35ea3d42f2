//! Derives the mesh's AuthorizationPolicies from the contract: which workload may call which method.
//!
//! The mesh knows workloads, not people. So a method with a REST route is open to the gateway, a method granted to
//! a service is open to that service, a method granted to anyone is open to every workload of the namespace, and
//! everything else is closed; who of the *users* may call it is decided by the service itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, MethodDescriptor};
use serde_json::{Value, json};

use super::options::{field, grants, is_routed, path, rpc, services};

const HEADER: &str = "\
# Generated from proto/ by `./dev gen`; do not edit. Which workload may call which method; which user may is
# decided by the service. An ALLOW policy refuses everything that it does not list.
";

const NAMESPACE: &str = "labelmesh";
const TRUST: &str = "cluster.local/ns";

/// The port on which every service answers gRPC.
const GRPC_PORT: &str = "8080";
/// The port of `/metrics`, which only the monitoring namespace may read.
const ADMIN_PORT: &str = "9090";

/// The callers of a service, each with the paths that it may call.
type Callers = BTreeMap<Caller, Vec<String>>;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    /// Every workload of our namespace.
    Namespace,
    /// The workload of this service.
    Service(String),
}

/// The text of `mesh/istio/authorization-policies.yaml`.
pub(crate) fn authorization_policies(encoded: &[u8]) -> Result<String> {
    let pool = DescriptorPool::decode(encoded).context("decode the descriptors")?;
    let mut callers: BTreeMap<String, Callers> = BTreeMap::new();
    for service in services(&pool) {
        let name = service.package_name().split('.').nth(1).context("packages are labelmesh.<service>.v1")?;
        let callers = callers.entry(name.to_owned()).or_default();
        for method in service.methods() {
            for caller in callers_of(&method)? {
                callers.entry(caller).or_default().push(path(&method));
            }
        }
    }
    let mut policies: Vec<Value> = callers.iter().map(|(service, callers)| policy(service, rules(callers))).collect();
    // The gateway is open to the ingress gateway, which is the only way in.
    let ingress = rule(json!({"namespaces": ["istio-system"]}), json!({"ports": [GRPC_PORT]}));
    policies.push(policy("gateway", vec![ingress]));
    policies.iter().try_fold(HEADER.to_owned(), |text, policy| Ok(text + "---\n" + &serde_yaml_ng::to_string(policy)?))
}

fn callers_of(method: &MethodDescriptor) -> Result<BTreeSet<Caller>> {
    let rpc = rpc(method)?.context("a method declares who may call it")?;
    let grants = grants(&rpc)?;
    let mut callers = BTreeSet::new();
    if grants.iter().any(|grant| grant.has_field_by_name("anyone")) {
        callers.insert(Caller::Namespace);
    } else if is_routed(method)? {
        callers.insert(Caller::Service("gateway".into()));
    }
    for grant in grants.iter().filter(|grant| grant.has_field_by_name("service")) {
        callers.insert(Caller::Service(field(grant, "service").as_str().context("a service is a name")?.to_owned()));
    }
    Ok(callers)
}

fn rules(callers: &Callers) -> Vec<Value> {
    let from = |caller: &Caller| match caller {
        Caller::Namespace => json!({"namespaces": [NAMESPACE]}),
        Caller::Service(name) => json!({"principals": [format!("{TRUST}/{NAMESPACE}/sa/{name}")]}),
    };
    let to = |paths: &[String]| json!({"methods": ["POST"], "paths": paths, "ports": [GRPC_PORT]});
    callers.iter().map(|(caller, paths)| rule(from(caller), to(paths))).collect()
}

/// A policy of these rules and one that lets the metrics be read. Its keys are in alphabetical order, which is kept
/// whether or not a dependency has `serde_json` keep another.
fn policy(service: &str, mut rules: Vec<Value>) -> Value {
    let metrics = json!({"methods": ["GET"], "paths": ["/metrics"], "ports": [ADMIN_PORT]});
    rules.push(rule(json!({"namespaces": ["monitoring"]}), metrics));
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

fn rule(source: Value, operation: Value) -> Value {
    json!({"from": [{"source": source}], "to": [{"operation": operation}]})
}
