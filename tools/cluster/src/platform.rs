//! What a cluster has before Labelmesh comes: names, Istio, Argo Rollouts, metrics-server.

use std::fs;

use anyhow::Context as _;
use serde::Deserialize as _;
use serde_yaml_ng::{Deserializer, Value};

use crate::{
    command::{command, output},
    kubectl::Kubectl,
    layout::Layout,
    programs::Programs,
};

/// What autoscalers and `kubectl top` read.
const METRICS_API: &str = "apiservice/v1beta1.metrics.k8s.io";
/// Where a pod finds who vouches for the API server, and here for the kubelet, too.
const AUTHORITY: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
/// Longest wait for what a manifest has asked for.
const WITHIN: &str = "--timeout=180s";

/// Installs all of it, says each step, and waits until it is ready.
///
/// # Errors
/// If the API server refuses something, or it does not get ready.
pub(crate) fn install(
    layout: &Layout,
    programs: &Programs,
    kubectl: &Kubectl,
    say: impl Fn(&str),
) -> anyhow::Result<()> {
    let read =
        |path: std::path::PathBuf| fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()));
    for name in ["coredns", "small"] {
        kubectl.apply(&read(layout.source(&format!("tools/cluster/manifests/{name}.yaml")))?)?;
    }
    let resources = programs.istio_source()?.join("manifests/charts/base/files/crd-all.gen.yaml");
    kubectl.apply(&read(resources)?).context("Istio's kinds")?;
    kubectl.run(&["wait", "--for=condition=Established", "customresourcedefinitions", "--all", WITHIN])?;
    say("Istio's kinds");
    kubectl.apply(&namespace("istio-system"))?;
    kubectl.apply(&secret_tls(layout)?)?;
    kubectl.apply(&istio(layout, programs)?).context("Istio")?;
    kubectl.apply(&read(layout.source("mesh/istio/telemetry.yaml"))?).context("what is logged")?;
    available(kubectl, "kube-system")?;
    say("names of Services");
    available(kubectl, "istio-system")?;
    say("Istio and its ingress gateway");
    kubectl.apply(&namespace("argo-rollouts"))?;
    let rollouts = read(programs.rollouts_source()?.join("manifests/install.yaml"))?;
    let apply = ["apply", "--namespace", "argo-rollouts", "--server-side", "--filename", "-"];
    crate::command::fed(&mut kubectl.command(&apply), &ours(&rollouts)).context("Argo Rollouts")?;
    kubectl.apply(&metrics_server(programs, kubectl)?).context("metrics-server")?;
    available(kubectl, "argo-rollouts")?;
    say("Argo Rollouts");
    available(kubectl, "kube-system")?;
    kubectl.run(&["wait", "--for=condition=Available", METRICS_API, WITHIN])?;
    say("metrics of pods");
    Ok(())
}

/// Waits until all Deployments of a namespace are available.
///
/// # Errors
/// If one does not get so.
pub(crate) fn available(kubectl: &Kubectl, namespace: &str) -> anyhow::Result<()> {
    let wait = ["wait", "--namespace", namespace, "--for=condition=Available", "deployments", "--all", WITHIN];
    let waited = kubectl.run(&wait);
    waited.map(|_| ()).with_context(|| {
        let pods = kubectl.run(&["get", "pods", "--namespace", namespace, "--output", "wide"]);
        format!("{namespace} is not ready:\n{}", pods.unwrap_or_default())
    })
}

/// A namespace.
pub(crate) fn namespace(name: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n")
}

/// Istio as `mesh/istio/install.yaml` wants it, with what differs here. The node has the plugin of istio-cni already:
/// nobody has to put it there.
fn istio(layout: &Layout, programs: &Programs) -> anyhow::Result<String> {
    let mut generate = command(programs.path("istioctl")?, ["manifest", "generate"]);
    generate.arg("--filename").arg(layout.source("mesh/istio/install.yaml"));
    generate.arg("--filename").arg(layout.source("tools/cluster/manifests/istio.yaml"));
    let all = output(&mut generate)?;
    let mut kept = String::new();
    for document in Deserializer::from_str(&all) {
        let object = Value::deserialize(document)?;
        let kind = object["kind"].as_str().unwrap_or_default();
        if !["DaemonSet", "CustomResourceDefinition", ""].contains(&kind) {
            kept += &format!("---\n{}", serde_yaml_ng::to_string(&object)?);
        }
    }
    Ok(kept)
}

/// metrics-server as its own manifests have it, with the image that is here and few requests, and told whom to believe
/// about the kubelet.
fn metrics_server(programs: &Programs, kubectl: &Kubectl) -> anyhow::Result<String> {
    let base = programs.metrics_server_source()?.join("manifests/base");
    let all = output(kubectl.command(&["kustomize"]).arg(base))?;
    let mut changed = String::new();
    for document in Deserializer::from_str(&all) {
        let mut object = Value::deserialize(document)?;
        if object["kind"] == "Deployment" {
            let container = &mut object["spec"]["template"]["spec"]["containers"][0];
            container["image"] = "docker.io/local/metrics-server:local".into();
            container["resources"]["requests"]["cpu"] = "20m".into();
            let arguments = container["args"].as_sequence_mut().context("metrics-server has arguments")?;
            arguments.push(format!("--kubelet-certificate-authority={AUTHORITY}").into());
        }
        changed += &format!("---\n{}", serde_yaml_ng::to_string(&object)?);
    }
    Ok(changed)
}

/// The certificate of the ingress.
fn secret_tls(layout: &Layout) -> anyhow::Result<String> {
    let read = |name: &str| fs::read_to_string(layout.state(&format!("servers/ingress.{name}")));
    let secret = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": "labelmesh-tls", "namespace": "istio-system"},
        "stringData": {"tls.crt": read("crt")?, "tls.key": read("key")?},
    });
    Ok(secret.to_string())
}

/// Argo's manifests with the image that is here, which nobody can pull.
fn ours(manifests: &str) -> String {
    let line = |line: &str| match line.split_once("image: quay.io/argoproj/argo-rollouts") {
        Some((before, _)) => format!("{before}image: quay.io/argoproj/argo-rollouts:local\n"),
        None => format!("{}\n", line.replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent")),
    };
    manifests.lines().map(line).collect()
}
