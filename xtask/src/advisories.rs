//! Known vulnerabilities of what we depend on, by RustSec's advisory database.
//!
//! Asking for it needs a network. So the advisories of our dependencies lie in the repository, as they were on a day
//! that is written beside them, with the names of all crates that had any: the check notices when a dependency is new
//! and its advisories are not there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::lint::{part, succeed};

/// Where the advisories lie.
const FOLDER: &str = "tools/advisories";
/// Where the database is.
const SOURCE: &str = "https://github.com/rustsec/advisory-db";
/// Where cargo-deny looks for it (`db-path` in `deny.toml`), in a folder whose name it makes of the address.
const DATABASE: &str = "target/advisory-dbs/advisory-db-3157b0e258782691";

/// What the database was when the advisories were taken from it.
#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    source: String,
    commit: String,
    /// The day of the commit (RFC 3339).
    date: String,
}

/// Where to take the database from.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The address of a git repository, or its path.
    #[arg(long, default_value = SOURCE)]
    from: String,
}

/// Takes the advisories of our dependencies from the database as it is now.
pub(crate) fn update(root: &Path, options: &Options) -> Result<()> {
    let copy = tempfile::tempdir()?;
    let clone = ["clone", "--quiet", "--depth", "1", &options.from, "."];
    succeed(git(copy.path()).args(clone)).with_context(|| format!("get {}", options.from))?;
    let [commit, date] = ["--format=%H", "--format=%cI"].map(|what| said(git(copy.path()).args(["show", "-s", what])));
    // Wherever the copy came from.
    let snapshot = Snapshot { source: SOURCE.to_owned(), commit: commit?, date: date? };

    let (all, folder) = (names(&copy.path().join("crates"))?, root.join(FOLDER));
    let crates = folder.join("crates");
    if crates.exists() {
        fs::remove_dir_all(&crates)?;
    }
    for name in all.intersection(&dependencies(root)?) {
        let (from, to) = (copy.path().join("crates").join(name), crates.join(name));
        fs::create_dir_all(&to)?;
        for file in names(&from)? {
            fs::copy(from.join(&file), to.join(&file))?;
        }
    }
    let all: String = all.iter().map(|name| format!("{name}\n")).collect();
    fs::write(folder.join("crates.txt"), all)?;
    fs::write(folder.join("snapshot.toml"), toml::to_string(&snapshot)?)?;
    eprintln!("advisories: of {}, commit {}", snapshot.date, snapshot.commit);
    Ok(())
}

/// Makes the database that cargo-deny is to look at, without a network, and says of which day it is.
pub(crate) fn prepare(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    let text = fs::read_to_string(folder.join("snapshot.toml")).context("read the advisories' date")?;
    let snapshot: Snapshot = toml::from_str(&text)?;
    is_complete(root, &folder)?;
    let database = root.join(DATABASE);
    if database.exists() {
        fs::remove_dir_all(&database)?;
    }
    fs::create_dir_all(&database)?;
    copy(&folder.join("crates"), &database.join("crates"))?;
    succeed(git(&database).args(["init", "--quiet"]))?;
    succeed(git(&database).args(["add", "."]))?;
    let author = ["-c", "user.name=RustSec", "-c", "user.email=none@example.com", "-c", "commit.gpgSign=false"];
    let commit = ["commit", "--quiet", "--message", "the advisories of our dependencies", "--date", &snapshot.date];
    succeed(git(&database).args(author).args(commit).env("GIT_COMMITTER_DATE", &snapshot.date))?;
    eprintln!("lint: advisories are those of {}; ./dev advisories asks for newer ones", snapshot.date);
    Ok(())
}

/// Checks what we depend on against the advisories, and nothing else.
pub(crate) fn check(root: &Path) -> Result<()> {
    prepare(root)?;
    succeed(part("cargo-deny").args(["--offline", "check", "--hide-inclusion-graph", "advisories"]).current_dir(root))
}

/// A dependency that had advisories on that day has them here, and what is no dependency has none.
fn is_complete(root: &Path, folder: &Path) -> Result<()> {
    let all = fs::read_to_string(folder.join("crates.txt")).context("read the names of crates with advisories")?;
    let all: BTreeSet<String> = all.lines().map(str::to_owned).collect();
    let wanted: BTreeSet<String> = all.intersection(&dependencies(root)?).cloned().collect();
    let here = names(&folder.join("crates"))?;
    let missing: Vec<&String> = wanted.symmetric_difference(&here).collect();
    ensure!(missing.is_empty(), "the advisories are not those of our dependencies ({missing:?}): run ./dev advisories");
    Ok(())
}

/// The names of all packages in the lock file.
fn dependencies(root: &Path) -> Result<BTreeSet<String>> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let lock: Lock = toml::from_str(&fs::read_to_string(root.join("Cargo.lock"))?)?;
    Ok(lock.package.into_iter().map(|package| package.name).collect())
}

fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for name in names(from)? {
        let (from, to): (PathBuf, PathBuf) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// Git in a folder, whatever repository the environment names.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder).env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    git
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "git ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
