//! kubectl, in the cluster's network.

use std::{path::Path, process::Command};

use anyhow::Context as _;
use serde_json::Value;

use crate::{
    check::array,
    command::{fed, output},
    hold::Holder,
    layout::Layout,
    node::SOCKET,
};

/// Where the administrator's access is written.
pub(crate) const CONFIGURATION: &str = "admin.conf";

/// Talks to the running cluster as its administrator.
#[derive(Debug, Clone)]
pub(crate) struct Kubectl {
    layout: Layout,
    first_process: i32,
}

impl Kubectl {
    /// For the running cluster.
    ///
    /// # Errors
    /// If none runs.
    pub(crate) fn find(layout: &Layout) -> anyhow::Result<Self> {
        let holder = Holder::find(layout)?.and_then(Holder::first_process);
        let holder = holder.context("no cluster is up: ./dev cluster up starts one")?;
        Ok(Self { layout: layout.clone(), first_process: holder.pid })
    }

    /// The first process of the cluster, as this machine numbers it.
    pub(crate) fn process(&self) -> i32 {
        self.first_process
    }

    /// A command in the cluster's network. No other way leads there, and none from there to anywhere.
    pub(crate) fn inside(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.first_process.to_string()).arg("--net").arg("--").arg(program.as_ref());
        command
    }

    /// A command in the cluster's network that sees the cluster's mounts, too.
    pub(crate) fn in_mounts(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.first_process.to_string()).args(["--net", "--mount", "--", program]);
        command
    }

    /// Where the network of a pod of ours is found among the cluster's mounts.
    ///
    /// # Errors
    /// If there is no such pod.
    pub(crate) fn sandbox(&self, pod: &str) -> anyhow::Result<String> {
        let filter = format!("labels.\"io.cri-containerd.kind\"==sandbox,labels.\"io.kubernetes.pod.name\"==\"{pod}\"");
        let listed = self.ctr(&["containers", "list", "--quiet", &filter])?;
        let id = listed.lines().next().with_context(|| format!("{pod} has no container"))?;
        let sandbox: Value = serde_json::from_str(&self.ctr(&["containers", "info", id])?)?;
        let namespaces = sandbox["Spec"]["linux"]["namespaces"].as_array().context("a container has namespaces")?;
        let network = namespaces.iter().find(|namespace| namespace["type"] == "network");
        network.and_then(|network| network["path"].as_str()).map(str::to_owned).context("a pod has a network")
    }

    /// The running container of this name in a pod of ours, as containerd knows it.
    ///
    /// # Errors
    /// If there is no such pod, or it has no such container.
    pub(crate) fn container(&self, pod: &str, name: &str) -> anyhow::Result<String> {
        let found = self.get(&["--namespace", "labelmesh", "pod", pod])?;
        let container = array(&found["status"]["containerStatuses"]).find(|container| container["name"] == name);
        let id = container.and_then(|container| container["containerID"].as_str()?.strip_prefix("containerd://"));
        id.map(str::to_owned).with_context(|| format!("{pod} has no container {name}"))
    }

    /// Asks containerd about the node's containers, or tells it something about them, and returns what it printed.
    ///
    /// # Errors
    /// As containerd says.
    pub(crate) fn ctr(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut ctr = self.inside("ctr");
        ctr.arg("--address").arg(self.layout.state(SOCKET)).args(["--namespace", "k8s.io"]);
        output(ctr.args(arguments))
    }

    /// A command of kubectl's.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.inside(self.layout.fetched("bin/kubectl"));
        command.arg("--kubeconfig").arg(self.layout.state(CONFIGURATION)).args(arguments);
        command
    }

    /// Runs kubectl and returns what it printed.
    ///
    /// # Errors
    /// As kubectl says.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        output(&mut self.command(arguments))
    }

    /// Applies manifests.
    ///
    /// # Errors
    /// If the API server refuses one.
    pub(crate) fn apply(&self, manifests: &str) -> anyhow::Result<()> {
        let mut apply = self.command(&["apply", "--server-side", "--force-conflicts", "--filename", "-"]);
        fed(&mut apply, manifests).map(|_| ())
    }

    /// Reads objects.
    ///
    /// # Errors
    /// As kubectl says.
    pub(crate) fn get(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let text = self.run(&[&["get", "--output", "json"], arguments].concat())?;
        serde_json::from_str(&text).context("what kubectl printed is no JSON")
    }
}
