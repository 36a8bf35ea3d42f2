//! Running the program and looking at what it says.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The program, with a home of its own and nothing of ours in its environment.
pub(crate) fn labelmesh(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labelmesh"));
    for name in ["LABELMESH_SERVER", "LABELMESH_TOKEN", "LABELMESH_PROFILE"] {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", home).stdin(Stdio::null());
    command
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    of(command.output().expect("the program starts"))
}

/// The same with a text on standard input.
pub(crate) fn run_with(command: &mut Command, input: &str) -> Ran {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).expect("the program reads");
    drop(stdin);
    of(child.wait_with_output().expect("the program ends"))
}

fn of(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}
