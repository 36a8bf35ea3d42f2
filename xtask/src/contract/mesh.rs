//! Derives the mesh's AuthorizationPolicies from the contract: which workload may call which method.
//!
//! The mesh knows workloads, not people. So a method with a REST route is open to the gateway, a method granted to
//! a service is open to that service, a method granted to anyone is open to every workload of the namespace, and
//! everything else is closed; who of the *users* may call it is decided by the service itself.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context as _, Result};
use prost_reflect::DescriptorPool;

use super::{is_ours, render};

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
    let mut services: BTreeMap<String, Callers> = BTreeMap::new();
    for service in pool.services().filter(|service| is_ours(service.parent_file().name())) {
        let name = service.package_name().split('.').nth(1).context("packages are labelmesh.<service>.v1")?.to_owned();
        let callers = services.entry(name).or_default();
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            for caller in callers_of(&pool, &method)? {
                let paths = callers.entry(caller).or_default();
                if !paths.contains(&path) {
                    paths.push(path.clone());
                }
            }
        }
    }
    let mut text = String::from(
        "# Generated from proto/ by `./dev gen`; do not edit. Which workload may call which method; which user may is\n\
         # decided by the service. An ALLOW policy refuses everything that it does not list.\n",
    );
    for (service, callers) in &services {
        text.push_str(&policy(service, callers)?);
    }
    text.push_str(&gateway_policy());
    Ok(text)
}

fn callers_of(pool: &DescriptorPool, method: &prost_reflect::MethodDescriptor) -> Result<Vec<Caller>> {
    let declared = render::declared(pool, method)?;
    let mut callers = Vec::new();
    if declared.anyone {
        callers.push(Caller::Namespace);
    } else if declared.routed {
        callers.push(Caller::Service("gateway".into()));
    }
    callers.extend(declared.services.into_iter().map(Caller::Service));
    Ok(callers)
}

fn policy(service: &str, callers: &Callers) -> Result<String> {
    let mut text = head(service);
    for (caller, paths) in callers {
        match caller {
            Caller::Namespace => {
                writeln!(text, "    - from:\n        - source:\n            namespaces: [{NAMESPACE}]")?
            }
            Caller::Service(name) => writeln!(
                text,
                "    - from:\n        - source:\n            principals: [{TRUST}/{NAMESPACE}/sa/{name}]"
            )?,
        }
        writeln!(
            text,
            "      to:\n        - operation:\n            ports: [\"{GRPC_PORT}\"]\n            methods: [POST]\n            paths:"
        )?;
        for path in paths {
            writeln!(text, "              - {path}")?;
        }
    }
    text.push_str(&metrics_rule());
    Ok(text)
}

/// The gateway is open to the ingress gateway, which is the only way in.
fn gateway_policy() -> String {
    let mut text = head("gateway");
    text.push_str(
        "    - from:\n        - source:\n            namespaces: [istio-system]\n      to:\n        - operation:\n            ports: [\"8080\"]\n",
    );
    text.push_str(&metrics_rule());
    text
}

fn head(service: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: {service}\n  namespace: {NAMESPACE}\n\
         spec:\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: {service}\n  action: ALLOW\n  rules:\n"
    )
}

fn metrics_rule() -> String {
    format!(
        "    - from:\n        - source:\n            namespaces: [monitoring]\n      to:\n        - operation:\n            ports: [\"{ADMIN_PORT}\"]\n            \
         methods: [GET]\n            paths: [/metrics]\n"
    )
}
