//! `labelmesh completion`: what a shell needs to complete commands.

use std::io::{self, Write as _};

use clap_complete::Shell;

use crate::exit::Failure;

/// Print what a shell needs to complete commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh completion bash > ~/.local/share/bash-completion/completions/labelmesh
  labelmesh completion zsh > ~/.zfunc/_labelmesh
  labelmesh completion fish > ~/.config/fish/completions/labelmesh.fish")]
pub(crate) struct Options {
    /// The shell.
    shell: Shell,
}

/// Writes the script for a command line.
pub(crate) fn run(options: &Options, mut line: clap::Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut line, "labelmesh", &mut script);
    Ok(io::stdout().write_all(&script)?)
}
