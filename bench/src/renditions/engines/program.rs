//! Engines of others, each in a process that is told when it has its turn.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use labelmesh_servers::Tools;

use super::{Photo, Turn, Work};

/// The release of sharp that is compared with.
const SHARP: &str = "sharp@0.35.5";

/// A process that makes pictures of all files when it is told to.
pub(super) struct Program {
    /// The engine and its version.
    pub(super) name: String,
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Pillow, as `./dev parts` fetches it for the tests.
pub(super) fn pillow(files: &[Photo]) -> Result<Program> {
    let modules = Tools::locate().python_clients().context("./dev parts fetches Pillow")?;
    let mut python = Command::new("python3");
    python.arg(script("pillow.py")).env("PYTHONPATH", modules);
    Program::start(python, files)
}

/// sharp, which npm installs in a folder that goes afterwards.
pub(super) fn sharp(folder: &Path, files: &[Photo]) -> Result<Program> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(folder).arg(SHARP);
    let installed = npm.output().context("there is no npm")?;
    ensure!(installed.status.success(), "npm has not installed it: {}", String::from_utf8_lossy(&installed.stderr));
    // Node looks for modules beside the script.
    let beside = folder.join("sharp.mjs");
    std::fs::copy(script("sharp.mjs"), &beside)?;
    let mut node = Command::new("node");
    node.arg(beside);
    Program::start(node, files)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/renditions").join(name)
}

impl Program {
    /// Starts a script with these files, and hears what it is.
    fn start(mut command: Command, files: &[Photo]) -> Result<Self> {
        command.args(files.iter().map(|file| &file.path)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("there is no {:?}", command.get_program()))?;
        let orders = process.stdin.take().context("its input is piped")?;
        let answers = BufReader::new(process.stdout.take().context("its output is piped")?);
        let mut program = Self { name: String::new(), process, orders, answers };
        program.name = program.answer()?;
        Ok(program)
    }

    /// Has it make all files once.
    pub(super) fn turn(&mut self, work: Work) -> Result<Turn> {
        writeln!(self.orders, "{}", work.name())?;
        let answer = self.answer()?;
        let mut words = answer.split(' ');
        let mut next = || words.next().with_context(|| format!("{} says {answer:?}", self.name));
        Ok(Turn { cpu_ms: next()?.parse()?, bytes: next()?.parse()?, size: (next()?.parse()?, next()?.parse()?) })
    }

    /// Its next line.
    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.answers.read_line(&mut line)? > 0, "it has ended");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has nothing to lose, and may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
