//! `./dev demo`: real pictures, simulated people, the whole system.

mod check;
mod crew;
mod digits;
mod draw;
mod odds;
mod people;
mod report;
mod rule;
mod show;
mod stage;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::json::to_value;

/// What to demonstrate.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// How many of the 1,000 bundled images to label.
    #[arg(long, default_value_t = 300)]
    pub(crate) images: usize,
    /// How many simulated people label them.
    #[arg(long, default_value_t = 12)]
    pub(crate) operators: usize,
    /// How many votes an image needs.
    #[arg(long, default_value_t = 3)]
    pub(crate) redundancy: usize,
    /// Decides who errs how often and where; the same seed gives the same people.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where to write the figures as JSON.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
    /// Where to write what was decided, an image a line, as `labelmesh tasks results --json` does.
    #[arg(long)]
    pub(crate) results: Option<PathBuf>,
    /// How many replicas of each service.
    #[arg(long, default_value_t = 2)]
    pub(crate) replicas: usize,
}

/// Starts everything on fresh data, has the images labeled, checks all that was promised and tells how it went.
///
/// # Errors
/// If something can't be started, or a promise was broken.
pub(crate) async fn run(options: Options, mut settings: Settings) -> anyhow::Result<()> {
    ensure!(options.images > 0, "--images must be at least 1");
    ensure!((1..=50).contains(&options.redundancy), "--redundancy must be from 1 to 50");
    ensure!(
        options.operators >= options.redundancy,
        "--operators must not be fewer than --redundancy: nobody votes twice for an image"
    );
    settings.replicas = options.replicas;
    let pictures = digits::load(options.images)?;
    let cluster = show::starting(Cluster::start(settings)).await?;
    let played = stage::play(&cluster, &options, &pictures).await;
    let faults = match played {
        Ok(played) => {
            show::summary(&played.outcome, &played.results, &pictures)?;
            if let Some(path) = &options.report {
                let json = serde_json::to_string_pretty(&played.outcome.report())?;
                write(path, &(json + "\n"))?;
            }
            if let Some(path) = &options.results {
                let lines = played.results.iter().map(|result| Ok(format!("{}\n", to_value(result)?)));
                write(path, &lines.collect::<anyhow::Result<String>>()?)?;
            }
            played.faults
        }
        Err(error) => {
            let kept = cluster.keep_logs()?;
            return Err(error.context(format!("the demo broke off; the logs are in {}", kept.display())));
        }
    };
    if faults.is_empty() {
        cluster.stop().await;
        return Ok(());
    }
    let kept = cluster.keep_logs()?;
    cluster.stop().await;
    bail!("the demo failed:\n  - {}\nthe logs are in {}", faults.join("\n  - "), kept.display());
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
}
