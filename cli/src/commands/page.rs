//! `labelmesh page`: pictures of web pages, without any server of ours.

mod image;

use crate::{exit::Failure, output::Output};

/// Find pictures of web pages; needs no server.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Image(image::Options),
}

pub(crate) async fn run(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Image(options) => image::run(&options, output).await,
    }
}
