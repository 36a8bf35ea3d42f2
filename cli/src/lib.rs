#![doc = include_str!("../README.md")]

mod args;
mod commands;
mod exit;
mod names;
mod output;
mod votes;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{args::Arguments, output::Output};

/// Does what the command line asks for. The exit code says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output { json: arguments.json };
    match commands::run(arguments.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}
