//! `labelmesh page`: pictures of web pages, without any server of ours.

mod browser;
mod image;
mod screenshot;

use std::sync::Arc;

use labelmesh_outbound::{Config, Network, Outbound, SystemLookup};

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// What we call ourselves where we fetch.
const AGENT: &str = concat!("labelmesh/", env!("CARGO_PKG_VERSION"));

/// Find and take pictures of web pages; needs no server.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Image(image::Options),
    Screenshot(screenshot::Options),
}

pub(crate) async fn run(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Image(options) => image::run(&options, output).await,
        Command::Screenshot(options) => screenshot::run(&options, output).await,
    }
}

/// The way to addresses that somebody chose, and to these networks besides.
fn outbound(allow: &[Network]) -> Result<(Config, Outbound), Failure> {
    let config = Config { allow: allow.to_vec(), ..Config::default() };
    let outbound = Outbound::new(&config, AGENT, Arc::new(SystemLookup));
    let outbound = outbound.map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))?;
    Ok((config, outbound))
}
