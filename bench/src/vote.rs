//! What one vote costs under either rule.

mod arena;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use labelmesh_consensus::StopRule;
use labelmesh_servers::{Durability, Postgres, Tools};
use serde::Serialize;

use crate::service;
use arena::Arena;

/// The rule by confidence may cost a vote so many times what the fixed one costs.
const DEAREST: f64 = 1.2;
/// How many votes are given under one rule before it is the other's turn.
const TURN: usize = 50;

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many votes are measured under each rule.
    #[arg(long, default_value_t = 5_000)]
    votes: usize,
    /// How many votes are given before, to be learned from and to fill caches.
    #[arg(long, default_value_t = 1_000)]
    before: usize,
    /// How many operators there are.
    #[arg(long, default_value_t = 50)]
    operators: usize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// The figures.
#[derive(Debug, Serialize)]
struct Report {
    votes: usize,
    fixed: Cost,
    until_sure: Cost,
    /// Total time by total time.
    ratio: f64,
}

/// What votes cost under one rule.
#[derive(Debug, Serialize)]
struct Cost {
    mean_ms: f64,
    median_ms: f64,
    votes_an_image: f64,
}

/// Lets operators vote under both rules in turn, and compares.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let postgres = match Postgres::from_env() {
        Some(given) => given?,
        None => Postgres::start(&Tools::locate(), None, Durability::None).await?,
    };
    // As many images as votes suffice: each gets two at least.
    let images = options.before + options.votes;
    let app = |url: String| service::app(&url);
    let fixed = app(service::database(&postgres, "bench_vote_fixed").await?)?;
    let sure = app(service::database(&postgres, "bench_vote_sure").await?)?;
    let mut fixed = Arena::open(fixed, StopRule::new(3, 5)?, images, options.operators).await?;
    let mut sure = Arena::open(sure, StopRule::until(0.95, 2, 9)?, images, options.operators).await?;
    fixed.vote(options.before).await?;
    sure.vote(options.before).await?;
    sure.learn().await?;
    let (mut fixed_times, mut sure_times) = (Vec::new(), Vec::new());
    while sure_times.len() < options.votes {
        fixed_times.extend(fixed.vote(TURN).await?);
        sure_times.extend(sure.vote(TURN).await?);
        // What a worker does beside the votes.
        sure.learn().await?;
    }
    let ratio = total(&sure_times) / total(&fixed_times) * fixed_times.len() as f64 / sure_times.len() as f64;
    let report = Report {
        votes: sure_times.len(),
        fixed: Cost::of(fixed_times, fixed.votes_an_image().await?),
        until_sure: Cost::of(sure_times, sure.votes_an_image().await?),
        ratio,
    };
    ensure!(sure.decisions_by_reliability().await? > 0, "no decision was made with what was learned");
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(if ratio <= DEAREST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn total(times: &[Duration]) -> f64 {
    times.iter().map(Duration::as_secs_f64).sum()
}

impl Cost {
    fn of(mut times: Vec<Duration>, votes_an_image: f64) -> Self {
        let mean_ms = total(&times) * 1_000.0 / times.len() as f64;
        times.sort_unstable();
        let median_ms = times[times.len() / 2].as_secs_f64() * 1_000.0;
        Self { mean_ms, median_ms, votes_an_image }
    }
}

impl Report {
    fn print(&self) {
        println!("{:>14} {:>9} {:>10} {:>15}", "rule", "mean ms", "median ms", "votes an image");
        for (rule, cost) in [("fixed", &self.fixed), ("until sure", &self.until_sure)] {
            println!("{rule:>14} {:>9.3} {:>10.3} {:>15.2}", cost.mean_ms, cost.median_ms, cost.votes_an_image);
        }
        println!(
            "a vote until sure costs {:.2} times a vote under the fixed rule ({DEAREST} are allowed), of {} votes each",
            self.ratio, self.votes
        );
    }
}
