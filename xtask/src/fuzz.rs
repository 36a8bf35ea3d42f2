//! Fuzzing: what strangers send us, made up by libFuzzer for a while.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

const TARGETS: [&str; 8] =
    ["transcoding", "query", "json", "multipart", "records", "page_tokens", "events", "pictures"];
/// How many targets run at once.
const AT_ONCE: usize = 2;

#[derive(Args)]
pub(crate) struct Options {
    /// The targets; all where none is named.
    targets: Vec<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// What chance begins with: by the same one a check fails for what was changed, and not for luck. 0 is another one
    /// each time.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Builds the targets and runs them, several at once, each in its folder below `target/fuzz/`.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let mut targets: Vec<&str> = options.targets.iter().map(String::as_str).collect();
    if let Some(unknown) = targets.iter().find(|target| !TARGETS.contains(target)) {
        bail!("there is no target {unknown}: there are {}", TARGETS.join(", "));
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    let compiler = Command::new("c++").arg("--version").stdout(Stdio::null()).status();
    ensure!(
        compiler.is_ok_and(|status| status.success()),
        "libFuzzer needs a C++ compiler, and none was found: install one (Debian, Ubuntu: apt-get install g++)"
    );
    build(root)?;
    let mut found = Vec::new();
    for some in targets.chunks(AT_ONCE) {
        let running: Vec<_> = some.iter().map(|target| Run::start(root, target, options)).collect();
        for run in running {
            found.extend(run?.report()?);
        }
    }
    ensure!(found.is_empty(), "something was found by {}: see target/fuzz/<target>/", found.join(", "));
    Ok(())
}

/// Builds our crates so that libFuzzer sees which way an input goes; what is not ours is as in any other build.
fn build(root: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--workspace", "--features", "labelmesh-fuzz/libfuzzer"]);
    build.args(TARGETS.iter().flat_map(|target| ["--bin", target]));
    build.env("RUSTC_WORKSPACE_WRAPPER", root.join("fuzz/instrument.sh")).current_dir(root);
    crate::lint::succeed(&mut build)
}

/// A target that runs.
struct Run {
    target: String,
    folder: PathBuf,
    child: Child,
}

impl Run {
    fn start(root: &Path, target: &str, options: &Options) -> Result<Self> {
        let built = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let folder = built.join("fuzz").join(target);
        let corpus = folder.join("corpus");
        fs::create_dir_all(&corpus).with_context(|| format!("make {}", corpus.display()))?;
        let log = File::create(folder.join("log")).context("write what libFuzzer says")?;
        let child = Command::new(built.join("debug").join(target))
            .arg(&corpus)
            .arg(root.join("fuzz/corpus").join(target))
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(format!("-seed={}", options.seed))
            .args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=8192", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/", folder.display()))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {target}"))?;
        Ok(Self { target: target.to_owned(), folder, child })
    }

    /// Waits for the end and tells of it; the target's name where it found something.
    fn report(mut self) -> Result<Option<String>> {
        let status = self.child.wait().with_context(|| format!("wait for {}", self.target))?;
        let log = fs::read(self.folder.join("log")).context("read what libFuzzer said")?;
        let log = String::from_utf8_lossy(&log);
        let says = |what: &str| log.lines().rev().find_map(|line| line.split_once(what)).map(|(_, rest)| rest.trim());
        let inputs = says("stat::number_of_executed_units:").unwrap_or("no");
        let coverage = says(" cov: ").and_then(|rest| rest.split(' ').next()).unwrap_or("no");
        println!("fuzz: {}: {inputs} inputs, {coverage} edges", self.target);
        if status.success() {
            return Ok(None);
        }
        // The last lines say what broke.
        let last: Vec<&str> = log.lines().rev().take(30).collect();
        last.iter().rev().for_each(|line| println!("{line}"));
        Ok(Some(self.target))
    }
}
