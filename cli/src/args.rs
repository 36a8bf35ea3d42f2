//! The command line as it is typed.

use clap::{Parser, Subcommand};

use crate::commands;

/// Label images by the agreement of many people.
#[derive(Debug, Parser)]
#[command(name = "labelmesh", version, arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Arguments {
    /// Write results as JSON to standard output, and errors as JSON to standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Consensus(commands::Consensus),
    Completion(commands::Completion),
}
