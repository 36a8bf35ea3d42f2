//! `labelmesh votes`: one's own, and recorded ones.

mod import;
mod list;

use crate::{exit::Failure, output::Output, session::Account};

/// Import recorded votes, or list your own.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Import(import::Options),
    List(list::Options),
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let api = account.client()?;
    match command {
        Command::Import(options) => import::run(&options, &api, output).await,
        Command::List(options) => list::run(&options, &api, output).await,
    }
}
