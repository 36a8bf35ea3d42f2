//! Who may call what: every service tries every method of the contract on every other, through both sidecars.

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead as _},
    sync::Arc,
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use labelmesh_proto::method::{METHODS, Method, Who};
use reqwest::header::{CONTENT_TYPE, HeaderMap, TE};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::{Pod, in_pod, pods};
use crate::{command::fed, deploy::SERVICES, kubectl::Kubectl};

/// Published keys: whoever verifies tokens of users needs them.
const KEYS: &str = "/labelmesh.auth.v1.AuthService/GetJwks";
/// No path of the contract: nobody may call it.
const NONSENSE: &str = "Nonsense";
/// What Envoy says when a policy refuses, and no service does.
const REFUSED: &str = "RBAC: access denied";
/// An empty message of gRPC: not compressed, no bytes.
const EMPTY: [u8; 5] = [0; 5];

/// Has every service call every method on the service that has it, and compares.
pub(super) async fn check(kubectl: &Kubectl) -> anyhow::Result<String> {
    let pods = pods(kubectl)?;
    let mut by_service: BTreeMap<&str, &Pod> = BTreeMap::new();
    for pod in &pods {
        by_service.insert(&pod.service, pod);
    }
    let there = |service: &&str| by_service.contains_key(service);
    ensure!(SERVICES.iter().all(there), "there are pods of {:?} alone", by_service.keys());
    let (mut allowed, mut refused, mut wrong) = (0, 0, vec![]);
    for (caller, pod) in &by_service {
        // Workers call, and nobody calls them.
        for callee in SERVICES {
            let paths = paths(callee);
            for (path, said) in call(kubectl, pod, callee, &paths)? {
                let may = may_call(caller, callee, &path);
                match said != REFUSED {
                    let_in if let_in != may => wrong.push(format!("{caller} calls {path} on {callee}: {said}")),
                    true => allowed += 1,
                    false => refused += 1,
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "{} calls are not as the contract says: {}", wrong.len(), wrong.join("; "));
    Ok(format!("{allowed} calls are let in and {refused} refused, each as the contract says"))
}

/// The methods of a service, and one that is none. The gateway has all, and nobody of ours calls it.
fn paths(callee: &str) -> Vec<String> {
    let of_callee: Vec<_> = METHODS.iter().filter(|method| callee == "gateway" || method.owner() == callee).collect();
    let nonsense = of_callee.first().map(|method| format!("/{}/{NONSENSE}", method.service()));
    let health = "/grpc.health.v1.Health/Check".to_owned();
    of_callee.iter().map(|method| method.path.to_owned()).chain(nonsense).chain([health]).collect()
}

/// Whether the contract lets one service call a method of another.
fn may_call(caller: &str, callee: &str, path: &str) -> bool {
    let Some(method) = METHODS.iter().find(|method| method.path == path) else { return false };
    if callee == "gateway" {
        return false;
    }
    let on_behalf_of_users = caller == "gateway" && method.routed;
    let on_its_own = method.allow.iter().any(|grant| grant.who == Who::Service(static_name(caller)));
    let verifies = |method: &Method| method.routed && method.owner() == caller;
    let keys = path == KEYS && caller != "auth" && METHODS.iter().any(verifies);
    on_behalf_of_users || on_its_own || keys
}

/// The name as the contract's table has it.
fn static_name(service: &str) -> &'static str {
    SERVICES.into_iter().find(|name| *name == service).unwrap_or("")
}

/// Calls methods from within a pod; what was said to each.
fn call(kubectl: &Kubectl, pod: &Pod, callee: &str, paths: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let service = kubectl.get(&["--namespace", "labelmesh", "service", callee])?;
    let address = service["spec"]["clusterIP"].as_str().context("a Service has an address")?;
    let mut probe = in_pod(kubectl, pod)?;
    probe.arg(env::current_exe()?).arg("probe").arg(format!("{address}:8080"));
    let said = fed(&mut probe, &paths.join("\n")).with_context(|| format!("calls of {}", pod.name))?;
    let line = |line: &str| line.split_once('\t').map(|(path, said)| (path.to_owned(), said.to_owned()));
    let said: Vec<_> = said.lines().filter_map(line).collect();
    ensure!(said.len() == paths.len(), "{} of {} calls from {} were answered", said.len(), paths.len(), pod.name);
    Ok(said)
}

/// Calls each method whose path is read, with an empty message, and prints what came: the status's message, or its
/// number, or how it failed.
///
/// # Errors
/// If what is read is no text.
pub(crate) async fn probe(address: &str) -> anyhow::Result<()> {
    let client = plain_client()?;
    for path in io::stdin().lock().lines() {
        let path = path?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/grpc".parse()?);
        headers.insert(TE, "trailers".parse()?);
        let request = client.post(format!("http://{address}{path}")).headers(headers).body(Bytes::from_static(&EMPTY));
        let said = match request.send().await {
            Err(error) => format!("{error:?}"),
            Ok(answer) => {
                let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
                // An answer with content says how it went behind that.
                let said = header("grpc-message").or(header("grpc-status")).unwrap_or("content").to_owned();
                said.replace("%20", " ")
            }
        };
        println!("{path}\t{said}");
    }
    Ok(())
}

/// A client that speaks HTTP/2 and no TLS: that is the sidecar's.
fn plain_client() -> anyhow::Result<reqwest::Client> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().http2_prior_knowledge().no_proxy();
    Ok(builder.tls_backend_preconfigured(tls).build()?)
}
