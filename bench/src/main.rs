#![doc = include_str!("../README.md")]

mod lease;

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
    /// What one lease costs, by the number of open images, of own votes and of operators at once.
    Lease(lease::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().what {
        What::Lease(options) => lease::run(&options).await,
    }
}
