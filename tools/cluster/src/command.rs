//! Programs that are run to their end.

use std::{
    ffi::OsStr,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use anyhow::{Context as _, bail};

/// A command with its arguments.
pub(crate) fn command<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Runs a command to its end and returns what it printed.
///
/// # Errors
/// If it can't be started or does not succeed; with what it said.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    fed(command, "")
}

/// Runs a command that reads `input`, and returns what it printed.
///
/// # Errors
/// As [`output`].
pub(crate) fn fed(command: &mut Command, input: &str) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = answer(command, input)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} {}: {}", name, output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command that reads `input`, and returns all that it said, however it ended.
///
/// # Errors
/// If it can't be started.
pub(crate) fn answer(command: &mut Command, input: &str) -> anyhow::Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().with_context(|| format!("can't start {name}"))?;
    let mut pipe = child.stdin.take().context("a pipe")?;
    let input = input.to_owned();
    // From a thread of its own: a program may print before it has read everything.
    let feeding = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    // Whether all of it was wanted is the program's to say.
    let _ = feeding.join();
    Ok(output)
}
