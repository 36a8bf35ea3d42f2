//! What can be asked for; one command a file.

mod completion;
mod consensus;

use crate::{args::Command, exit::Failure, output::Output};

/// Does what was asked for.
pub(crate) fn run(command: Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Consensus(options) => consensus::run(&options, output),
        Command::Completion(options) => completion::run(&options),
    }
}

pub(crate) use completion::Options as Completion;
pub(crate) use consensus::Options as Consensus;
