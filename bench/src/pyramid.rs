//! Whether replicas follow a load that grows and falls again, and what those who make it notice: so many clients and
//! operators, who pause for less and less time and then for more and more again.

mod crew;
mod draw;
mod figures;
#[cfg(target_os = "linux")]
mod kubernetes;
mod local;
mod place;
mod report;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::{ArgGroup, Args};
use labelmesh_cluster::Service;
use tokio::time::Instant;

use self::{
    crew::{Crew, Schedule},
    local::Local,
    place::{Place, watch},
    report::Report,
};

/// How many minutes the pyramid has, in each of which everybody pauses for another time.
const STEPS: u32 = 10;
/// How often it is looked at replicas and CPU in each of them.
const LOOKS: u32 = 6;
/// The services whose replicas follow the load.
const SCALED: [Service; 2] = [Service::Tasks, Service::Subtasks];

/// How to measure.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub(crate) struct Options {
    /// On a system of its own on this machine, with the launcher's autoscaler.
    #[arg(long, group = "place")]
    local: bool,
    /// On the cluster of `./dev cluster`, with Kubernetes's own autoscalers, whose quiet time is changed meanwhile.
    #[arg(long, group = "place")]
    cluster: bool,
    /// In the cluster's network already.
    #[arg(long, hide = true, requires = "cluster")]
    inside: bool,
    /// How many minutes it takes. The ten steps, the looks and the quiet time become shorter, the pauses do not.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// How many times 15 clients and 10 operators there are.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    times: u32,
    /// How many thousandths of a processor a replica of tasks is to use. On the cluster its autoscaler says so.
    #[arg(long, default_value_t = 40, conflicts_with = "cluster", value_parser = clap::value_parser!(u32).range(1..))]
    tasks_target: u32,
    /// The same of subtasks.
    #[arg(long, default_value_t = 15, conflicts_with = "cluster", value_parser = clap::value_parser!(u32).range(1..))]
    subtasks_target: u32,
    /// How many replicas each of the two may have; on the cluster each service, and no more than its autoscaler says.
    #[arg(long, default_value_t = 8)]
    most: usize,
    /// Draw pyramid.svg into this folder.
    #[arg(long)]
    draw: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    fn step(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0 / f64::from(STEPS))
    }

    /// How often it is looked at what there is.
    fn look(&self) -> Duration {
        self.step() / LOOKS
    }

    /// Fewer replicas after half a step in which they were enough.
    fn quiet(&self) -> Duration {
        self.step() / 2
    }
}

/// Lets everybody work, and tells what was seen.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    ensure!(options.minutes >= 0.5 && options.minutes <= 600.0, "--minutes must be between 0.5 and 600");
    let report = if options.local {
        let local = Local::start(options).await?;
        let report = measure(options, &local).await;
        local.stop().await;
        report?
    } else {
        on_cluster(options).await?
    };
    if let Some(folder) = &options.draw {
        draw::write(folder, &report)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    report.judge()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(target_os = "linux")]
async fn on_cluster(options: &Options) -> Result<Report> {
    kubernetes::run(options).await
}

/// Elsewhere there is no such cluster.
#[cfg(not(target_os = "linux"))]
async fn on_cluster(_: &Options) -> Result<Report> {
    anyhow::bail!("the cluster of ./dev cluster runs on Linux alone")
}

async fn measure(options: &Options, place: &impl Place) -> Result<Report> {
    let crew = Crew::sign_up(place, options.times).await?;
    crew.warm_up().await?;
    place.settle().await?;
    let schedule = Schedule::new(Instant::now(), options.step());
    let mut samples = Vec::new();
    let work = tokio::select! {
        work = crew.work(schedule) => work?,
        failed = watch(place, schedule.start, options.look(), &mut samples) => return Err(failed),
        failed = place.follow() => return Err(failed),
    };
    Report::new(options.times, options.step(), work, samples)
}
