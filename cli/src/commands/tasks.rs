//! `labelmesh tasks`: what a client does.

mod cancel;
mod create;
mod export;
mod finish;
mod list;
mod results;
mod show;
mod submit;
pub(crate) mod upload;
mod votes;
pub(crate) mod watch;

use crate::{exit::Failure, output::Output, session::Account};

/// Create tasks, upload images, submit, watch, and take the labels away.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Options),
    List(list::Options),
    Show(show::Options),
    Upload(upload::Options),
    Submit(submit::Options),
    Watch(watch::Options),
    Results(results::Options),
    Votes(votes::Options),
    Export(export::Options),
    Finish(finish::Options),
    Cancel(cancel::Options),
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let api = account.api()?;
    match command {
        Command::Create(options) => create::run(&options, &api, output).await,
        Command::List(options) => list::run(&options, &api, output).await,
        Command::Show(options) => show::run(&options, &api, output).await,
        Command::Upload(options) => upload::run(&options, &api, output).await,
        Command::Submit(options) => submit::run(&options, &api, output).await,
        Command::Watch(options) => watch::run(&options, &api, output).await,
        Command::Results(options) => results::run(&options, &api, output).await,
        Command::Votes(options) => votes::run(&options, &api, output).await,
        Command::Export(options) => export::run(&options, &api, output).await,
        Command::Finish(options) => finish::run(&options, &api, output).await,
        Command::Cancel(options) => cancel::run(&options, &api, output).await,
    }
}
