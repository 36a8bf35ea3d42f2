#![doc = include_str!("../README.md")]

mod consensus;
mod cpu;
mod cycle;
mod edge;
mod import;
mod lease;
mod notices;
mod plot;
mod pyramid;
mod renditions;
mod service;
mod system;
mod vote;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measures Labelmesh on real servers.")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// What deciding costs, by the number of votes; or how good decisions are, as curves.
    Consensus(consensus::Options),
    /// What one label costs: CPU for each lease and vote through the REST edge.
    Cycle(cycle::Options),
    /// What callers cost who hold what they can get, and what others notice of them.
    Edge(edge::Options),
    /// How fast recorded votes come in through the REST edge.
    Import(import::Options),
    /// What one lease costs, by the number of open images, of own votes and of operators at once.
    Lease(lease::Options),
    /// What webhooks notice of a mail server that is dead for a minute, and what becomes of the mails.
    Notices(notices::Options),
    /// Whether replicas follow a load that grows and falls again, and what those who make it notice.
    Pyramid(pyramid::Options),
    /// How fast pictures are made of pictures, with one worker and with two, from none, and while one is killed.
    Renditions(renditions::Options),
    /// What one vote costs under the fixed rule, and under the one that asks until a label is sure.
    Vote(vote::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().what {
        What::Consensus(options) => consensus::run(&options),
        What::Cycle(options) => cycle::run(&options).await,
        What::Edge(options) => edge::run(&options).await,
        What::Import(options) => import::run(&options).await,
        What::Lease(options) => lease::run(&options).await,
        What::Notices(options) => notices::run(&options).await,
        What::Pyramid(options) => pyramid::run(&options).await,
        What::Renditions(options) => renditions::run(&options).await,
        What::Vote(options) => vote::run(&options).await,
    }
}
