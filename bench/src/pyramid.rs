//! Whether replicas follow a load that grows and falls again, and what those who make it notice: so many clients and
//! operators, who pause for less and less time and then for more and more again.

mod crew;
mod draw;
mod figures;
mod report;
mod watch;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::Args;
use labelmesh_cluster::{Cluster, Rule, Service, Settings};
use tokio::time::Instant;

use self::{
    crew::{Crew, Schedule},
    report::Report,
    watch::{follow, watch},
};
use crate::system::settings;

/// How many minutes the pyramid has, in each of which everybody pauses for another time.
const STEPS: u32 = 10;
/// How often it is looked at replicas and CPU in each of them.
const LOOKS: u32 = 6;
/// The services whose replicas follow the load.
const SCALED: [Service; 2] = [Service::Tasks, Service::Subtasks];

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// On a system of its own on this machine, with the launcher's autoscaler: the only place so far.
    #[arg(long, required = true)]
    local: bool,
    /// How many minutes it takes. The ten steps, the looks and the quiet time become shorter, the pauses do not.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// How many times 15 clients and 10 operators there are.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    times: u32,
    /// How many thousandths of a processor a replica of tasks is to use.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    tasks_target: u32,
    /// The same of subtasks.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    subtasks_target: u32,
    /// How many replicas each of the two may have.
    #[arg(long, default_value_t = 8)]
    most: usize,
    /// Draw pyramid.svg into this folder.
    #[arg(long)]
    draw: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// Starts the system, one replica of each service, lets everybody work, and tells what was seen.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    ensure!(options.minutes >= 0.5 && options.minutes <= 600.0, "--minutes must be between 0.5 and 600");
    let step = Duration::from_secs_f64(options.minutes * 60.0 / f64::from(STEPS));
    let look = step / LOOKS;
    let cluster = Cluster::start(system(options)?).await?;
    let crew = Crew::sign_up(cluster.gateway(), options.times).await?;
    crew.warm_up().await?;
    let schedule = Schedule::new(Instant::now(), step);
    let mut samples = Vec::new();
    // Fewer replicas after half a step in which they were enough.
    let rule = |target| Rule { least: 1, most: options.most, target: f64::from(target) / 1_000.0, quiet: step / 2 };
    let (of_tasks, of_subtasks) = (rule(options.tasks_target), rule(options.subtasks_target));
    let work = tokio::select! {
        work = crew.work(schedule) => work?,
        never = watch(&cluster, schedule.start, look, &mut samples) => match never {},
        failed = follow(&cluster, Service::Tasks, of_tasks, look) => return Err(failed),
        failed = follow(&cluster, Service::Subtasks, of_subtasks, look) => return Err(failed),
    };
    cluster.stop().await;
    let report = Report::new(options.times, step, work, samples)?;
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

fn system(options: &Options) -> Result<Settings> {
    let most = BTreeMap::from(SCALED.map(|service| (service, options.most)));
    let mut settings = Settings { replicas: 1, workers: 0, most, ..settings()? };
    // A client opens a task with each iteration.
    settings.environment.push(("TASKS__QUOTAS__OPEN_TASKS".to_owned(), "0".to_owned()));
    Ok(settings)
}
