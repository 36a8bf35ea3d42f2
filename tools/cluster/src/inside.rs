//! Processes in the cluster's network, for which the ingress gateway bears the host that the manifests name.

use std::{convert::Infallible, env, ffi::OsStr, os::unix::process::CommandExt as _};

use anyhow::Context as _;

use crate::{
    command::{command, output},
    kubectl::Kubectl,
    layout::{Layout, write},
    machine,
};

/// The host that the manifests name.
pub(crate) const HOST: &str = "labelmesh.example.com";

/// Becomes a process of the same program in the cluster's network, which trusts the cluster's authority and has mounts
/// of its own. It has to call [`settle`].
///
/// # Errors
/// If no cluster is up, or the process can't be started.
pub(crate) fn enter<S: AsRef<OsStr>>(
    layout: &Layout,
    arguments: impl IntoIterator<Item = S>,
) -> anyhow::Result<Infallible> {
    machine::check_root()?;
    let kubectl = Kubectl::find(layout)?;
    let gateway = kubectl.get(&["--namespace", "istio-system", "service", "istio-ingressgateway"])?;
    let address = gateway["spec"]["clusterIP"].as_str().context("the ingress gateway has an address")?;
    write(&layout.state("hosts"), format!("127.0.0.1 localhost\n{address} {HOST}\n"))?;
    let mut inside = kubectl.inside("unshare");
    inside.arg("--mount").arg("--").arg(env::current_exe()?).args(arguments);
    Err(inside.env("SSL_CERT_FILE", layout.state("servers/ca.crt")).exec()).context("can't start nsenter")
}

/// Gives [`HOST`] the address of the ingress gateway, for this process alone.
///
/// # Errors
/// If the file with it can't be mounted.
pub(crate) fn settle(layout: &Layout) -> anyhow::Result<()> {
    output(command("mount", ["--bind"]).arg(layout.state("hosts")).arg("/etc/hosts")).map(|_| ())
}
