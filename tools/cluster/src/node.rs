//! The node: everything that runs in the cluster's namespaces beside the pods.

mod control;
mod network;
mod secrets;
mod worker;
pub(crate) mod world;

use std::{future::Future, io::Write as _, path::PathBuf, process::Command, time::Duration};

use anyhow::Context as _;
use labelmesh_servers::Program;
use tokio::time::sleep;

pub(crate) use self::{network::TEMPORARY, worker::SOCKET};
use crate::{kubectl, layout::Layout, programs::Programs, ready::until};

/// The node's address in the cluster's network.
pub(crate) const ADDRESS: &str = "10.200.0.1";
/// The group in each of the system's hierarchies in which all pods are.
pub(crate) const CGROUP: &str = "labelmesh-cluster";
/// The file in which the node says how far it is, a step a line.
pub(crate) const STEPS: &str = "steps";
/// The last step.
pub(crate) const READY: &str = "ready";
/// Begins the last step of a node that can't be started.
pub(crate) const FAILED: &str = "failed: ";

/// How long a program that has ended rests before it is started again.
const REST: Duration = Duration::from_secs(1);

/// Starts everything, says that it is ready, and starts again what ends, until somebody ends us.
///
/// # Errors
/// If something can't be started.
pub(crate) async fn run(layout: &Layout) -> anyhow::Result<()> {
    let mut node = Node { layout: layout.clone(), programs: Programs::locate(layout)?, running: vec![] };
    let started = node.start().await;
    match started {
        Ok(world) => {
            node.step(READY)?;
            let ended = node.watch().await;
            drop(world);
            ended
        }
        Err(error) => node.step(&format!("{FAILED}{error:#}").replace('\n', " | ")),
    }
}

/// What the node runs.
struct Node {
    layout: Layout,
    programs: Programs,
    running: Vec<Running>,
}

/// A program and how it is started.
struct Running {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    process: Program,
}

impl Node {
    async fn start(&mut self) -> anyhow::Result<world::World> {
        network::prepare(&self.layout)?;
        secrets::make(&self.layout)?;
        self.step("a network of its own")?;
        self.start_control_plane().await?;
        self.step("API server, scheduler and controllers")?;
        let world = world::start(&self.layout).await?;
        self.start_worker().await?;
        self.step("kubelet, containerd and kube-proxy")?;
        Ok(world)
    }

    /// Says how far we are.
    fn step(&self, step: &str) -> anyhow::Result<()> {
        let path = self.layout.state(STEPS);
        let file = std::fs::File::options().append(true).open(&path);
        let written = file.and_then(|mut file| writeln!(file, "{step}"));
        written.with_context(|| format!("can't write {}", path.display()))
    }

    /// Starts one of the programs that we built.
    fn start_built(&mut self, name: &'static str, arguments: &[String]) -> anyhow::Result<()> {
        let program = self.programs.path(name)?;
        self.start_program(name, program, arguments.to_vec())
    }

    fn start_program(&mut self, name: &'static str, program: PathBuf, arguments: Vec<String>) -> anyhow::Result<()> {
        let process = self.launch(name, &program, &arguments)?;
        self.running.push(Running { name, program, arguments, process });
        Ok(())
    }

    fn launch(&self, name: &str, program: &PathBuf, arguments: &[String]) -> anyhow::Result<Program> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.layout.state_folder());
        Program::start(command, &self.layout.log(name)).with_context(|| format!("can't start {name}"))
    }

    /// Waits until something answers.
    async fn until<F: Future<Output = bool>>(&self, name: &str, answers: impl Fn() -> F) -> anyhow::Result<()> {
        let running: Vec<_> = self.running.iter().map(|running| (running.name, &running.process)).collect();
        until(name, &running, answers).await
    }

    /// Starts again whatever ends.
    async fn watch(mut self) -> anyhow::Result<()> {
        loop {
            sleep(REST).await;
            for at in 0..self.running.len() {
                let Running { name, program, arguments, process } = &self.running[at];
                if let Some(status) = process.ended() {
                    eprintln!("{name} ended ({status}) and is started again");
                    self.running[at].process = self.launch(name, program, arguments)?;
                }
            }
        }
    }

    /// Asks the API server as its administrator.
    async fn asks(&self, arguments: &[&str]) -> bool {
        let mut command = tokio::process::Command::new(self.layout.fetched("bin/kubectl"));
        command.arg("--kubeconfig").arg(self.layout.state(kubectl::CONFIGURATION)).args(arguments);
        command.output().await.is_ok_and(|output| output.status.success())
    }
}
