//! What the manifests of Kubernetes and `./dev secrets` say is all that the services need, and they take it.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use serde::Deserialize as _;
use serde_json::Value;
use tempfile::tempdir;

use crate::people::stranger;

/// What is configured on one machine alone: for people who try something out, and for servers without TLS.
const LOCAL: &[&str] = &[
    "EVENTS__PREFIX",
    "LIMITS__SHARED_NETWORKS",
    "PASSWORDS__COST",
    "CONFIRMATION__REQUIRED",
    "CREATE_BUCKET",
    "AUDIENCE__NEW_ACCOUNTS",
    "OUTBOUND__ALLOW",
    "SMTP__ENCRYPTION",
];

/// What leads to other machines than those of the test.
const ELSEWHERE: &[&str] = &[
    "LISTEN",
    "ENDPOINT",
    "ENDPOINTS",
    "DATABASE__URL",
    "EVENTS__URL",
    "EVENTS__TLS__CA_FILE",
    "EVENTS__REPLICAS",
    "EVENTS__CREDENTIALS",
    "BLOBS__REGION",
    "BLOBS__BUCKET",
    "BLOBS__ACCESS_KEY",
    "BLOBS__SECRET_KEY",
    "SMTP__HOST",
    "SMTP__PORT",
    // Nobody signs in at the test's mail server, to which nothing is encrypted.
    "SMTP__USER",
    "SMTP__PASSWORD",
    "TRUSTED_PROXIES",
];

type Variables = BTreeMap<String, String>;

/// The configuration of all services in the manifests.
fn in_manifests() -> Result<Variables> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/kubernetes/base/config");
    let mut variables = Variables::new();
    let names = Service::ALL.into_iter().map(Service::name).chain(["renditions-worker"]);
    for file in names {
        let text = std::fs::read_to_string(base.join(format!("{file}.env")))?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let (name, value) = line.split_once('=').with_context(|| format!("{file}.env: {line}"))?;
            variables.insert(name.to_owned(), value.to_owned());
        }
    }
    Ok(variables)
}

/// What `./dev secrets` makes for all services.
fn in_secrets(program: &Path) -> Result<Variables> {
    let scratch = tempdir()?;
    let folder = scratch.path().join("secrets");
    let make = || {
        let mut command = Command::new(program);
        command.args(["secrets", "--blobs-key", "writer:one", "--blobs-reading-key", "reader:two"]);
        command.args(["--smtp", "labelmesh:three"]).arg(&folder).output()
    };
    let made = make()?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    ensure!(!make()?.status.success(), "keys that are there are not replaced");
    let mut variables = Variables::new();
    let text = std::fs::read_to_string(folder.join("secrets.yaml"))?;
    for document in serde_yaml_ng::Deserializer::from_str(&text) {
        let secret = Value::deserialize(document)?;
        let data = secret["stringData"].as_object().context("a Secret has data")?;
        for (name, value) in data.iter().filter(|(name, _)| *name != "database-url") {
            variables.insert(name.clone(), value.as_str().context("a text")?.to_owned());
        }
    }
    Ok(variables)
}

fn ends_with(variable: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| variable.ends_with(end))
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_told_all_that_they_need_and_nothing_that_they_do_not_know() -> Result<()> {
    let mut settings = Settings::for_tests()?;
    let mut told = in_manifests()?;
    told.extend(in_secrets(&settings.binary)?);
    let here = told.iter().filter(|(name, _)| !ends_with(name, ELSEWHERE));
    settings.environment = here.map(|(name, value)| (name.clone(), value.clone())).collect();
    settings.replicas = 1;
    let cluster = Cluster::start(settings).await?;
    for service in Service::ALL {
        let mut missing = cluster.variables(service).await;
        missing.retain(|name| !told.contains_key(name) && !ends_with(name, LOCAL));
        ensure!(missing.is_empty(), "the manifests don't tell {service} {missing:?}");
    }
    for address in cluster.worker_addresses().await {
        try_until("a worker that is ready", async || {
            let asked = http_client().get(format!("http://{address}/readyz")).send().await;
            Ok(asked.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        })
        .await?;
    }
    let (email, password) = (&told["USERS__SEED__ADMINISTRATOR_EMAIL"], &told["USERS__SEED__ADMINISTRATOR_PASSWORD"]);
    stranger(cluster.gateway())?.sign_in(email, password).await?;
    Ok(())
}
