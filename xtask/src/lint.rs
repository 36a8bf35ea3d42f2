//! The checks that need no test: formatting, lints, the contract, generated files, manifests, dependencies.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{advisories, comments, generate, manifests, sql};

/// Runs every check, also after one has failed, and names those that failed.
pub(crate) fn run(root: &Path) -> Result<()> {
    let failed = [
        failed("formatting (cargo fmt --all)", || cargo(root, &["fmt", "--all", "--check"])),
        failed("comments are wrapped", || comments::check(root)),
        failed("contract lint", || succeed(part("buf").arg("lint").current_dir(root.join("proto")))),
        failed("generated code is current", || contract_is_current(root)),
        failed("manifests", || manifests::check(root)),
        failed("every dependency is used", || succeed(part("cargo-shear").current_dir(root))),
        failed("dependencies are allowed (deny.toml)", || deny(root)),
        failed("code lint, and offline SQL data is current", || sql::run(root, &sql::Options::lint())),
    ];
    let failed: Vec<&str> = failed.into_iter().flatten().collect();
    ensure!(failed.is_empty(), "lint failed: {}", failed.join(", "));
    Ok(())
}

fn failed(name: &'static str, check: impl FnOnce() -> Result<()>) -> Option<&'static str> {
    eprintln!("lint: {name}");
    let error = check().err()?;
    eprintln!("lint: {name} failed: {error:#}");
    Some(name)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeed(Command::new(cargo).args(arguments).current_dir(root))
}

/// Licenses, sources, versions and known vulnerabilities: those of the day on which we asked for them.
fn deny(root: &Path) -> Result<()> {
    advisories::prepare(root)?;
    let checks = ["advisories", "bans", "licenses", "sources"];
    let arguments = ["--offline", "check", "--deny", "warnings", "--hide-inclusion-graph"];
    succeed(part("cargo-deny").args(arguments).args(checks).current_dir(root))
}

/// One of the fetched programs.
pub(crate) fn part(name: &str) -> Command {
    Command::new(part_path(name))
}

/// Where one of the fetched programs is; `./dev` says it.
pub(crate) fn part_path(name: &str) -> PathBuf {
    let parts = std::env::var_os("LABELMESH_PARTS").map_or_else(|| super::root().join(".parts"), PathBuf::from);
    parts.join("current/bin").join(name)
}

pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("start {program}"))?;
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// Generates anew beside the tree and compares.
fn contract_is_current(root: &Path) -> Result<()> {
    let fresh = tempfile::tempdir()?;
    generate::contract(root, fresh.path())?;
    for folder in [generate::CONTRACT, generate::SDK] {
        compare(&fresh.path().join(folder), &root.join(folder))?;
    }
    [generate::POLICIES, generate::NETWORK, generate::BROKER_USERS]
        .iter()
        .try_for_each(|file| compare_file(&fresh.path().join(file), &root.join(file)))
}

fn compare(fresh: &Path, present: &Path) -> Result<()> {
    let (fresh_names, present_names) = (names(fresh)?, names(present)?);
    ensure!(fresh_names == present_names, "{} has other files than `./dev gen` writes", present.display());
    fresh_names.iter().try_for_each(|name| compare_file(&fresh.join(name), &present.join(name)))
}

fn compare_file(fresh: &Path, present: &Path) -> Result<()> {
    if fs::read(fresh)? != fs::read(present).with_context(|| format!("read {}", present.display()))? {
        bail!("{} is not what `./dev gen` writes: run it and commit the result", present.display());
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
