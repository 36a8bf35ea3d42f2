//! What one label costs: a lease and a vote through the REST edge.

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use futures::future::{join_all, try_join_all};
use labelmesh_cluster::Cluster;
use labelmesh_sdk::{
    Client, Role,
    subtasks::{LeaseSubtasksRequest, VoteOutcome, VoteRequest},
    tasks::GetTaskRequest,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::cpu;
use crate::system::{open_task, person, settings};

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many images are labeled, twice each.
    #[arg(long, default_value_t = 1_000)]
    images: u32,
    /// How many operators label at once; 2 or more.
    #[arg(long, default_value_t = 12)]
    operators: usize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    cycles: u64,
    cycles_per_second: f64,
    /// CPU milliseconds for each cycle, by program; all replicas of a service together.
    cpu_ms_per_cycle: BTreeMap<String, f64>,
    cpu_ms_per_cycle_in_all: f64,
}

/// Starts the system, two replicas of each service, and lets everybody label until nothing is left.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    ensure!(options.operators >= 2, "--operators must be at least 2: each image is labeled by two");
    let cluster = Cluster::start(settings()?).await?;
    let gateways: Vec<Client> = cluster.gateways().iter().map(|url| Client::new(url)).collect::<Result<_, _>>()?;
    let client = person(&gateways[0], "client", Role::Client).await?;
    let operators =
        gateways.iter().cycle().take(options.operators).enumerate().map(|(number, gateway)| async move {
            person(gateway, &format!("operator-{number}"), Role::Operator).await
        });
    // One after the other: passwords are hashed by a bounded number of threads.
    let mut crew = Vec::new();
    for operator in operators {
        crew.push(operator.await?);
    }
    let task = open_task(&client, 0..options.images, 2).await?;
    let report = measure(&client, &task, &crew).await?;
    cluster.stop().await;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(client: &Client, task: &str, crew: &[Client]) -> Result<Report> {
    let left = AtomicU64::new(images_left(client, task).await? * 2);
    let before = cpu::used_by_children()?;
    let start = Instant::now();
    let cycles: u64 = try_join_all(crew.iter().map(|operator| shift(operator, &left))).await?.into_iter().sum();
    let seconds = start.elapsed().as_secs_f64();
    let after = cpu::used_by_children()?;
    ensure!(cycles > 0, "nothing was labeled");
    let spent = cpu::spent(&before, &after).map(|(name, spent)| (name, spent.as_secs_f64() * 1_000.0 / cycles as f64));
    let cpu_ms_per_cycle: BTreeMap<String, f64> = spent.collect();
    let in_all = cpu_ms_per_cycle.values().sum();
    Ok(Report { cycles, cycles_per_second: cycles as f64 / seconds, cpu_ms_per_cycle, cpu_ms_per_cycle_in_all: in_all })
}

async fn images_left(client: &Client, task: &str) -> Result<u64> {
    Ok(client.get_task(GetTaskRequest { task_id: task.to_owned() }).await?.images)
}

/// Leases one image, votes for it, and again, until every image has its two votes.
async fn shift(operator: &Client, left: &AtomicU64) -> Result<u64> {
    let mut cycles = 0;
    while left.load(Ordering::Relaxed) > 0 {
        let leases = operator.lease_subtasks(LeaseSubtasksRequest { count: 1, ..Default::default() }).await?.leases;
        if leases.is_empty() {
            // What is left is in the others' hands.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let votes = leases
            .into_iter()
            .map(|lease| operator.vote(VoteRequest { subtask_id: lease.subtask_id, label: "cat".to_owned() }));
        for vote in join_all(votes).await {
            let outcome = vote.context("a vote under a lease was refused")?.outcome();
            ensure!(outcome == VoteOutcome::Counted, "{}", outcome.as_str_name());
            left.fetch_sub(1, Ordering::Relaxed);
            cycles += 1;
        }
    }
    Ok(cycles)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} label cycles, {:.0} a second", self.cycles, self.cycles_per_second)?;
        writeln!(f, "CPU milliseconds for each:")?;
        for (name, ms) in &self.cpu_ms_per_cycle {
            writeln!(f, "{name:>12} {ms:>8.2}")?;
        }
        writeln!(f, "{:>12} {:>8.2}", "in all", self.cpu_ms_per_cycle_in_all)
    }
}
