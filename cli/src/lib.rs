#![doc = include_str!("../README.md")]

mod args;
mod commands;
mod exit;
mod follow;
mod images;
mod limit;
mod method;
mod names;
mod output;
mod part;
mod preview;
mod progress;
mod refusal;
mod sending;
mod session;
mod signals;
#[cfg(test)]
mod stub;
mod terminal;
mod votes;

use std::{env::args_os, future::pending, process::ExitCode};

use clap::{CommandFactory as _, Parser as _};

use crate::{
    args::Arguments,
    commands::Command,
    exit::{Exit, Failure},
    output::Output,
    signals::interrupted,
};

/// Does what the command line asks for. The exit code says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && args_os().any(|argument| argument == "--json") => {
            return told(Output { json: true }, &error.into());
        }
        Err(error) => error.exit(),
    };
    let output = Output { json: arguments.json };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return told(output, &error.into()),
    };
    let done = runtime.block_on(run(arguments, output));
    // Whoever still waits for a key or a line of standard input waits in vain.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => told(output, &failure),
    }
}

fn told(output: Output, failure: &Failure) -> ExitCode {
    if failure.exit != Exit::Unread {
        output.failure(failure);
    }
    failure.exit.into()
}

async fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    // Who labels gives back what is leased before leaving, and so listens to signals itself.
    let listens = matches!(arguments.command, Command::Work(_));
    let repeats = arguments.command.repeats();
    let signals = async {
        if listens {
            pending::<()>().await;
        }
        interrupted().await
    };
    tokio::select! {
        done = commands::run(arguments.command, Arguments::command(), &arguments.account, output) => {
            done.map_err(|failure| arguments.account.remedied(failure))
        }
        failure = signals => Err(if repeats { failure.remedy("the same again: it goes on from there") } else { failure }),
    }
}
