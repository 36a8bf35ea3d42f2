//! `./dev backup` and `./dev restore`: everything that `./dev up` keeps, copied while it runs, and begun from again.

use std::path::PathBuf;

use anyhow::Context as _;
use labelmesh_cluster::backup;

use crate::running::{Running, data_folder};

/// What to copy to where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The backup: a folder that there is not yet. It has secrets in it.
    folder: PathBuf,
    /// Where the data is kept.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Copies what the running `up` keeps.
///
/// # Errors
/// If nothing runs there, or something can't be copied.
pub(crate) async fn back_up(options: &Options) -> anyhow::Result<()> {
    let data = options.data.clone().unwrap_or_else(data_folder);
    let running = Running::read(&data)?;
    let password = std::fs::read_to_string(data.join("postgres/password"));
    let password = password.context("PostgreSQL is not ours: its owner has the tools to copy it")?;
    let url = format!("postgres://postgres:{password}@127.0.0.1:{}/postgres", running.postgres);
    backup::back_up(&data, &url, &options.folder).await?;
    println!("copied to {}, secrets included", options.folder.display());
    println!("to begin from it: ./dev restore {}", options.folder.display());
    Ok(())
}

/// Makes the data of `up` of a backup.
///
/// # Errors
/// If something is kept there already, or the backup is not whole.
pub(crate) fn restore(options: &Options) -> anyhow::Result<()> {
    let data = options.data.clone().unwrap_or_else(data_folder);
    backup::restore(&options.folder, &data)?;
    println!("{} is as it was; ./dev up starts it", data.display());
    Ok(())
}
