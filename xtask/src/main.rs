//! Chores that a change asks for: generating code and checking that it is current.

mod contract;

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
    /// Writes the generated code of `crates/proto` from `proto/`.
    GenContract,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::GenContract => contract::generate(&root(), &root().join("crates/proto/src/gen")),
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace's root").to_path_buf()
}
