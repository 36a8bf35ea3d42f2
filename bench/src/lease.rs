//! What one lease costs.

mod measure;
mod population;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use labelmesh_servers::{Durability, Postgres, Tools};

use population::Population;
use report::Report;

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many open images the task has.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    open: Vec<i64>,
    /// How many votes each operator has given already.
    #[arg(long, value_delimiter = ',', default_values_t = [0, 100_000])]
    votes: Vec<i64>,
    /// How many operators lease at once.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 50])]
    at_once: Vec<usize>,
    /// How many operators there are in all.
    #[arg(long, default_value_t = 50)]
    operators: usize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// Measures every combination and checks that the cost is flat.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let postgres = match Postgres::from_env() {
        Some(given) => given?,
        None => Postgres::start(&Tools::locate(), None, Durability::None).await?,
    };
    let mut report = Report::default();
    for &open in &options.open {
        for &votes in &options.votes {
            eprintln!("{open} open images, {votes} own votes: filling the tables");
            let population = Population::create(&postgres, open, votes, options.operators).await?;
            for &at_once in &options.at_once {
                population.reset().await?;
                report.add(measure::measure(&population, at_once).await?);
            }
            population.end().await?;
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(if report.is_flat() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
