#![doc = include_str!("../README.md")]

mod admit;
mod authority;
mod autoscalers;
mod check;
mod command;
mod deploy;
mod down;
mod hold;
mod image;
mod images;
mod inside;
mod installation;
mod jaeger;
mod kubectl;
mod layout;
mod machine;
mod node;
mod platform;
mod programs;
mod prometheus;
mod ready;
mod up;

use std::process::ExitCode;

use clap::Parser;

pub use crate::installation::{Installation, Usage};
use crate::layout::Layout;

/// A real Kubernetes with Istio on this machine.
#[derive(Debug, Parser)]
#[command(name = "cluster", disable_version_flag = true)]
enum Command {
    /// Build what it takes, once, and start a node of Kubernetes with Istio in a closed network.
    Up,
    /// Install Labelmesh there as its manifests say, with what it needs.
    Deploy(deploy::Options),
    /// Try on it what the manifests promise.
    Test(check::Options),
    /// End everything, and remove all that it left.
    Down,
    /// Give the manifests to an API server with Istio's kinds, without a node, and say what it refuses.
    Admit(admit::Options),
    /// Write down who we are and become the one who holds the node's namespaces.
    #[command(hide = true)]
    Hold,
    /// Test, in the cluster's network.
    #[command(hide = true)]
    TestInside(check::Options),
    /// Call methods, whose paths are read, and say what came of each.
    #[command(hide = true)]
    Probe {
        /// The address and port to connect to.
        address: String,
    },
    /// Print what a plain address answers.
    #[command(hide = true)]
    Fetch {
        /// The address.
        url: String,
    },
    /// Be the first process in the node's namespaces.
    #[command(hide = true)]
    Init,
    /// Start and watch the node's programs.
    #[command(hide = true)]
    Node,
}

/// Does what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    done(Command::parse()).unwrap_or_else(|error| {
        eprintln!("cluster: {error:#}");
        ExitCode::FAILURE
    })
}

fn done(command: Command) -> anyhow::Result<ExitCode> {
    let layout = Layout::locate()?;
    match command {
        Command::Up => up::run(&layout)?,
        Command::Deploy(options) => deploy::run(&options, &layout)?,
        Command::Down => down::run(&layout)?,
        Command::Admit(options) => tokio::runtime::Runtime::new()?.block_on(admit::run(&options, &layout))?,
        Command::Test(options) => match check::run(&options, &layout)? {},
        Command::TestInside(options) => check::run_inside(&options, &layout)?,
        Command::Probe { address } => tokio::runtime::Runtime::new()?.block_on(check::probe(&address))?,
        Command::Fetch { url } => tokio::runtime::Runtime::new()?.block_on(check::fetch(&url))?,
        Command::Hold => hold::hold(&layout)?,
        Command::Init => return hold::first_process(),
        Command::Node => tokio::runtime::Runtime::new()?.block_on(node::run(&layout))?,
    }
    Ok(ExitCode::SUCCESS)
}
