//! Writes the offline data of the SQL macros: a real server's description of every `query!`, checked in as `.sqlx/`.
//!
//! A crate with SQL has a `sqlx.toml` that names the variable with its database's URL. Each such crate gets a database
//! of its own on one temporary server, with the shared schema and its own migrations. The macros find it through a
//! git-ignored `.env` beside the crate's manifest, which is there only while this runs.

mod crates;
mod database;
mod env_file;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use labelmesh_servers::{Durability, Postgres, Tools};

use crates::SqlCrate;
use env_file::EnvFile;

/// What `gen-sql` can be asked for.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Packages; none means every crate with a sqlx.toml.
    packages: Vec<String>,
    /// Keep the databases up for compiling against, and make them anew when migrations change, until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Write nothing; fail if what is checked in is not current.
    #[arg(long, conflicts_with = "keep")]
    check: bool,
    /// Arguments for cargo check; by default --workspace, or the packages.
    #[arg(last = true)]
    cargo: Vec<String>,
    /// Compile everything as the code lint does.
    #[arg(skip)]
    lint: bool,
}

impl Options {
    /// Lint all code and compare the data that the macros write meanwhile: crates are compiled once for both.
    pub(crate) fn lint() -> Self {
        Self { check: true, lint: true, ..Self::default() }
    }
}

/// Writes, compares or keeps the data, as asked.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let postgres = match Postgres::from_env() {
            Some(postgres) => postgres?,
            None => Postgres::start(&Tools::locate(), None, Durability::None).await?,
        };
        if options.keep { keep(root, options, &postgres).await } else { generate(root, options, &postgres).await }
    })
}

async fn generate(root: &Path, options: &Options, postgres: &Postgres) -> Result<()> {
    let crates = crates::find(root, &options.packages)?;
    let scratch = tempfile::tempdir()?;
    let mut files = Vec::new();
    for sql in &crates {
        let url = database::create(root, sql, postgres).await?;
        let data = scratch.path().join(&sql.package);
        fs::create_dir(&data)?;
        files.push(EnvFile::write(sql, &url, &data)?);
        touch(&sql.folder)?;
    }
    check(root, options, &crates)?;
    drop(files);
    for sql in &crates {
        database::remove(sql, postgres).await?;
    }
    let stale = crates
        .iter()
        .map(|sql| settle(&scratch.path().join(&sql.package), &sql.folder.join(".sqlx"), options.check))
        .zip(&crates)
        .filter_map(|(differs, sql)| differs.map(|differs| differs.then_some(sql.package.as_str())).transpose())
        .collect::<Result<Vec<_>>>()?;
    ensure!(
        !options.check || stale.is_empty(),
        "the offline SQL data of {} is not current: run ./dev gen",
        stale.join(", ")
    );
    Ok(())
}

/// Keeps the databases and `.env` files: the macros check against them and write `.sqlx/` as crates are compiled.
async fn keep(root: &Path, options: &Options, postgres: &Postgres) -> Result<()> {
    let mut known: Vec<(SqlCrate, u64, EnvFile)> = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            signal = tokio::signal::ctrl_c() => return signal.context("could not listen for Ctrl-C"),
            _ = ticks.tick() => {}
        }
        for sql in crates::find(root, &options.packages)? {
            let version = database::fingerprint(root, &sql)?;
            if known.iter().any(|(old, seen, _)| old.package == sql.package && *seen == version) {
                continue;
            }
            known.retain(|(old, ..)| old.package != sql.package);
            env_file::remove_left_over(&sql);
            match database::create(root, &sql, postgres).await {
                Ok(url) => {
                    println!("{}={url}", sql.variable);
                    let data = sql.folder.join(".sqlx");
                    fs::create_dir_all(&data)?;
                    let file = EnvFile::write(&sql, &url, &data)?;
                    known.push((sql, version, file));
                }
                // Half-written migrations are what this is for: the next change makes another attempt.
                Err(error) => {
                    eprintln!("{}: {error:#}", sql.package);
                    let file = EnvFile::none(&sql);
                    known.push((sql, version, file));
                }
            }
        }
    }
}

/// Compiles the crates, which has the macros describe their queries.
fn check(root: &Path, options: &Options, crates: &[SqlCrate]) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).env_remove("SQLX_OFFLINE").env_remove("SQLX_OFFLINE_DIR");
    if options.lint {
        cargo.args(["clippy", "--workspace", "--all-targets", "--quiet", "--keep-going", "--", "--deny", "warnings"]);
    } else {
        cargo.args(["check", "--quiet", "--lib"]);
        if options.packages.is_empty() && options.cargo.is_empty() {
            cargo.arg("--workspace");
        } else {
            cargo.args(crates.iter().flat_map(|sql| ["--package", &sql.package]));
        }
        cargo.args(&options.cargo);
    }
    let status = cargo.status().context("could not run cargo")?;
    if !status.success() {
        bail!("{}", if options.lint { "cargo clippy found faults" } else { "could not compile the crates with SQL" });
    }
    Ok(())
}

/// Macros run when a crate is compiled, and cargo compiles what has changed.
fn touch(folder: &Path) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "cargo compares with the system's clock")]
    let now = SystemTime::now();
    let path = folder.join("src/lib.rs");
    let file = fs::File::options().append(true).open(&path).with_context(|| format!("no {}", path.display()))?;
    Ok(file.set_modified(now)?)
}

/// Makes `.sqlx/` what was written to `fresh`; tells whether they differed. Only compares if `check`.
fn settle(fresh: &Path, kept: &Path, check: bool) -> Result<bool> {
    let (new, old) = (crates::files(fresh)?, crates::files(kept)?);
    if new == old || check {
        return Ok(new != old);
    }
    fs::create_dir_all(kept)?;
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        fs::remove_file(kept.join(name))?;
    }
    for (name, content) in &new {
        fs::write(kept.join(name), content)?;
    }
    Ok(true)
}
