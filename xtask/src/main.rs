//! Chores that a change asks for: generating code and checking that it is current.

mod advisories;
mod comments;
mod contract;
mod fuzz;
mod generate;
mod lint;
mod manifests;
mod sql;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Chores of the Labelmesh workspace; `./dev` calls them.")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes everything that is generated: contract, mesh policies, offline SQL data.
    Gen,
    /// Writes only what is generated from `proto/`; needs no server.
    GenContract,
    /// Writes only the offline data of the SQL macros.
    GenSql(sql::Options),
    /// Takes the advisories of our dependencies from RustSec as they are now, and checks against them.
    Advisories(advisories::Options),
    /// Gives the readers of strangers' bytes what libFuzzer makes up, for a minute each.
    Fuzz(fuzz::Options),
    /// Checks formatting, code, contract, manifests and that generated files are current.
    Lint,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Gen => generate::everything(&root()),
        Chore::GenContract => generate::contract(&root(), &root()),
        Chore::GenSql(options) => sql::run(&root(), &options),
        Chore::Advisories(options) => {
            advisories::update(&root(), &options)?;
            advisories::check(&root())
        }
        Chore::Fuzz(options) => fuzz::run(&root(), &options),
        Chore::Lint => lint::run(&root()),
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace's root").to_path_buf()
}
