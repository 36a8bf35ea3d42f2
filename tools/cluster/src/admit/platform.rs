//! What there is before a manifest is judged: the kinds, Istio's own configuration and its ingress gateway, and what an
//! installation brings.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::Context as _;
use labelmesh_manifests::documents;
use serde_json::{Value, json};

use super::{pods, server::Server};
use crate::{
    command::{answer, command, output},
    deploy::read,
    layout::{Layout, write},
    platform::namespace,
    programs::Programs,
};

/// Ours, and those of what ours needs.
const NAMESPACES: [&str; 6] = ["labelmesh", "cert-manager", "istio-system", "monitoring", "nats", "postgres"];
/// The kinds of KEDA, CloudNativePG, its Barman Cloud plugin and cert-manager, as far as `./dev lint` has them.
const KINDS: [&str; 4] = ["keda-scaled-object.yaml", "cloudnative-pg.yaml", "barman-cloud.yaml", "cert-manager.yaml"];
/// The files by which Istio's sidecar is put into a pod, each with the option that names it, and with the ConfigMap and
/// the key that it is taken from.
const INJECTION: [(&str, &str, &str); 3] = [
    ("meshConfigFile", "istio", "mesh"),
    ("injectConfigFile", "istio-sidecar-injector", "config"),
    ("valuesFile", "istio-sidecar-injector", "values"),
];

/// What is installed.
pub(super) struct Platform {
    /// What is there before an overlay comes.
    brought: Vec<Value>,
}

impl Platform {
    /// Installs all of it.
    ///
    /// # Errors
    /// If something of it is refused.
    pub(super) fn install(server: &Server, layout: &Layout, programs: &Programs, root: &Path) -> anyhow::Result<Self> {
        server.prepare(&NAMESPACES.map(namespace).join("---\n")).context("the namespaces")?;
        install_istio(server, root).context("Istio")?;
        server.prepare(&kinds(layout, programs)?).context("the kinds of others than Istio")?;
        let wait = ["wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=60s"];
        output(&mut server.kubectl(&wait))?;
        let brought = secrets(server).context("the Secrets")?;
        server.prepare(&together(&brought)).context("what an installation brings")?;
        Ok(Self { brought })
    }

    /// What an installation brings itself.
    pub(super) fn brought(&self) -> &[Value] {
        &self.brought
    }

    /// Manifests with Istio's sidecar in their workloads, as the API server would have it put there.
    ///
    /// # Errors
    /// If istioctl can't be started.
    pub(super) fn inject(&self, server: &Server, manifests: &str) -> anyhow::Result<Output> {
        let mut inject = server.istioctl(&["kube-inject", "--filename=-"]);
        for (option, ..) in INJECTION {
            inject.arg(format!("--{option}")).arg(server.file(option));
        }
        answer(&mut inject, manifests)
    }
}

/// Documents of one text, which is YAML, as JSON is.
pub(super) fn together(objects: &[Value]) -> String {
    objects.iter().map(|object| format!("---\n{object}\n")).collect()
}

/// Istio as `mesh/istio/install.yaml` wants it, with its own kinds, and what all of the mesh logs.
fn install_istio(server: &Server, root: &Path) -> anyhow::Result<()> {
    let file = root.join("mesh/istio/install.yaml");
    let mut generate = server.istioctl(&["manifest", "generate", "--filename"]);
    let istio = documents(&output(generate.arg(file))?)?;
    server.prepare(&together(&istio))?;
    server.prepare(&read(&root.join("mesh/istio/telemetry.yaml"))?)?;
    // The ingress gateway's is looked for.
    server.prepare(&together(&pods::of(&istio)))?;
    for (option, map, key) in INJECTION {
        let found = istio.iter().find(|object| object["kind"] == "ConfigMap" && object["metadata"]["name"] == map);
        let content = found.and_then(|object| object["data"][key].as_str());
        write(&server.file(option), content.with_context(|| format!("{map} has no {key}"))?)?;
    }
    // Any certificate will do.
    let (certificate, key) = (read(&server.file("apiserver.crt"))?, read(&server.file("apiserver.key"))?);
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": "labelmesh-tls", "namespace": "istio-system"},
        "stringData": {"tls.crt": certificate, "tls.key": key},
    });
    server.prepare(&secret.to_string())
}

/// The kinds of Argo Rollouts as it ships them, and [`KINDS`].
fn kinds(layout: &Layout, programs: &Programs) -> anyhow::Result<String> {
    let folder = programs.rollouts_source()?.join("manifests/crds");
    let entries = fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let is_kind = |path: &PathBuf| path.to_string_lossy().ends_with("-crd.yaml");
    let paths = paths.filter(is_kind).chain(KINDS.map(|name| layout.source("xtask/schemas").join(name)));
    paths.map(|path| Ok(format!("---\n{}\n", read(&path)?))).collect()
}

/// The Secrets that `./dev secrets` makes, those for the servers of an overlay among them, and the authorities that are
/// believed.
fn secrets(server: &Server) -> anyhow::Result<Vec<Value>> {
    let folder = server.file("secrets");
    let mut make = command(env::current_exe()?.with_file_name("labelmesh-dev"), ["secrets"]);
    for name in ["BLOBS_KEY", "BLOBS_READING_KEY", "BACKUPS_KEY", "SMTP"] {
        make.env(format!("LABELMESH_{name}"), "nobody:nothing");
    }
    output(make.arg(&folder))?;
    let mut secrets = documents(&read(&folder.join("secrets.yaml"))?)?;
    secrets.extend(documents(&read(&folder.join("servers.yaml"))?)?);
    secrets.push(json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "authorities", "namespace": "labelmesh"},
        "data": {"ca.crt": read(&server.file("ca.crt"))?},
    }));
    Ok(secrets)
}
