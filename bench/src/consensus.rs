//! What deciding costs, and how good decisions are.

mod curves;
mod quality;
mod recorded;
mod speed;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many votes the simulated sets have whose cost is measured.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000, 10_000_000])]
    votes: Vec<u32>,
    /// A Python with crowd-kit: its Dawid-Skene is timed on the same votes (see consensus/crowd_kit.py).
    #[arg(long)]
    crowd_kit: Option<PathBuf>,
    /// Write the curves of accuracy against votes and of reliability into this folder instead.
    #[arg(long)]
    curves: Option<PathBuf>,
    /// Print accuracy, calibration and replays on recorded sets and made families instead.
    #[arg(long)]
    quality: bool,
    /// Where recorded sets are: folders with label.csv and truth.csv.
    #[arg(long, default_value = "../shared/crowd")]
    recorded: PathBuf,
    /// In how many orders recorded votes are replayed.
    #[arg(long, default_value_t = 20)]
    orders: u64,
}

/// Measures speed, or draws the curves.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if options.quality {
        quality::measure(&recorded::all(&options.recorded).unwrap_or_default(), options.orders)?;
        return Ok(ExitCode::SUCCESS);
    }
    match &options.curves {
        Some(folder) => curves::draw(&recorded::all(&options.recorded)?, options.orders, folder)?,
        None => {
            speed::measure(&options.votes)?;
            if let Some(python) = &options.crowd_kit {
                speed::compare(python, &recorded::all(&options.recorded).unwrap_or_default())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
