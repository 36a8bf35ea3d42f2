//! How fast pictures are made: the protocol of M. Kruisz's thesis (TU Wien 2020, section 5.1.2) through the REST edge.
//! So many crops of 50 % x 10 % are asked for at once, each of a source of its own, and it is measured when all are
//! made.

mod arena;
mod engines;
mod sources;

use std::{fmt, process::ExitCode};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::time::Instant;

use self::{
    arena::{Arena, Run},
    engines::{Comparison, compare},
    sources::{SIZE, picture},
};

/// The figures of the thesis for its fastest implementation, by jobs: seconds with one worker, and with two.
const THESIS: [(u32, [f64; 2]); 4] =
    [(10, [2.81, 1.34]), (100, [27.29, 12.17]), (250, [68.28, 30.17]), (500, [131.78, 61.33])];

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many crops are asked for at once, in one run after the other.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 250, 500])]
    jobs: Vec<u32>,
    /// With how many workers, each held to one picture at a time.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
    workers: Vec<usize>,
    /// How often each is done; the mean is printed.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    runs: u32,
    /// Only this part of it.
    #[arg(long)]
    only: Option<Part>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What a picture costs by our engine and by others, without any server.
    Engines,
    /// How fast the system makes pictures.
    System,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    engines: Option<Comparison>,
    system: Option<Speed>,
}

/// How fast the system makes pictures.
#[derive(Debug, Serialize)]
struct Speed {
    /// How many bytes the picture has.
    source_bytes: usize,
    rows: Vec<Row>,
    /// Seconds until the largest number was there that was asked for again, with no worker.
    known_seconds: f64,
    /// Seconds until the smallest number was made when there was no worker before.
    from_zero_seconds: f64,
    /// Seconds until the largest number was made while a worker of two was killed.
    killed_seconds: f64,
}

#[derive(Debug, Serialize)]
struct Row {
    jobs: u32,
    workers: usize,
    /// The mean of all runs, as the others.
    seconds: f64,
    /// What the thesis has.
    thesis_seconds: Option<f64>,
    /// Milliseconds of CPU for each picture: of the workers, and of all processes.
    worker_cpu_ms: Option<f64>,
    cpu_ms: Option<f64>,
}

/// Measures the engines, and then the system. Fails if our engine takes more CPU for another size than the better of
/// the others.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let engines = if options.only == Some(Part::System) { None } else { Some(compare()?) };
    let system = if options.only == Some(Part::Engines) { None } else { Some(speed(options).await?) };
    let report = Report { engines, system };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    let is_dearer = report.engines.and_then(|engines| engines.ratio()).is_some_and(|ratio| ratio > 1.0);
    Ok(if is_dearer { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Measures each number of jobs with each number of workers, which are started anew each time.
async fn speed(options: &Options) -> Result<Speed> {
    let (least, most) = (options.jobs.iter().min(), options.jobs.iter().max());
    let (least, most) = (*least.context("a number of jobs")?, *most.context("a number of jobs")?);
    ensure!(least > 0, "--jobs must be at least 1");
    let picture = picture()?;
    let mut arena = Arena::start(&picture, most).await?;
    let mut rows = Vec::new();
    for &workers in &options.workers {
        for &jobs in &options.jobs {
            rows.push(row(&mut arena, (workers, jobs), options.runs).await?);
        }
    }
    let killed_seconds = killed(&mut arena, most).await?;
    let known_seconds = known(&arena, most).await?;
    let from_zero_seconds = from_zero(&mut arena, least).await?;
    arena.cluster.stop().await;
    Ok(Speed { source_bytes: picture.len(), rows, known_seconds, from_zero_seconds, killed_seconds })
}

async fn row(arena: &mut Arena, (workers, jobs): (usize, u32), runs: u32) -> Result<Row> {
    let mut measured: Vec<Run> = Vec::new();
    for number in 1..=runs {
        arena.workers(workers).await?;
        let run = arena.make(jobs).await?;
        eprintln!("{jobs} jobs, workers: {workers}, run {number} of {runs}: {:.2} s", run.seconds);
        measured.push(run);
    }
    let mean = |of: &dyn Fn(&Run) -> Option<f64>| {
        let values: Option<Vec<f64>> = measured.iter().map(of).collect();
        values.map(|values| values.iter().sum::<f64>() / f64::from(runs))
    };
    let of_thesis = THESIS.iter().find(|(of, _)| *of == jobs);
    Ok(Row {
        jobs,
        workers,
        seconds: mean(&|run| Some(run.seconds)).unwrap_or_default(),
        thesis_seconds: of_thesis.and_then(|(_, figures)| figures.get(workers.wrapping_sub(1)).copied()),
        worker_cpu_ms: mean(&|run| run.cpu_ms.map(|(workers, _)| workers)),
        cpu_ms: mean(&|run| run.cpu_ms.map(|(_, all)| all)),
    })
}

/// Pictures of which one of two workers is killed midway: all are made, each object once.
async fn killed(arena: &mut Arena, jobs: u32) -> Result<f64> {
    arena.workers(2).await?;
    let (run, stored) = arena.make_while_one_is_killed(jobs).await?;
    ensure!(stored == jobs as usize, "{stored} pictures of {jobs} were stored");
    eprintln!("{jobs} jobs, one of two workers killed: {:.2} s", run.seconds);
    Ok(run.seconds)
}

/// The same pictures again, with nobody to make them.
async fn known(arena: &Arena, jobs: u32) -> Result<f64> {
    arena.workers(0).await?;
    Ok(arena.again(jobs).await?.seconds)
}

/// Pictures that are asked for while there is no worker; one is started at that moment.
async fn from_zero(arena: &mut Arena, jobs: u32) -> Result<f64> {
    arena.workers(0).await?;
    arena.rounds += 1;
    let start = Instant::now();
    let (made, worker) = tokio::join!(arena.again(jobs), arena.cluster.add_worker());
    made?;
    worker?;
    Ok(start.elapsed().as_secs_f64())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(engines) = &self.engines {
            write!(f, "{engines}")?;
        }
        if let Some(system) = &self.system {
            write!(f, "{system}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = SIZE;
        writeln!(
            f,
            "Crops of 50 % x 10 % of a JPEG of {width} x {height}, {} bytes, each of a file of its own",
            self.source_bytes
        )?;
        let columns = ["jobs", "workers", "seconds", "a job", "thesis", "CPU ms: worker", "all"];
        let [jobs, workers, seconds, each, thesis, worker_cpu, cpu] = columns;
        writeln!(f, "{jobs:>6} {workers:>8} {seconds:>9} {each:>9} {thesis:>9} {worker_cpu:>15} {cpu:>6}")?;
        for row in &self.rows {
            let Row { jobs, workers, seconds, .. } = row;
            let thesis = row.thesis_seconds.map(|seconds| format!("{seconds:.2}")).unwrap_or_default();
            let ms = |ms: Option<f64>| ms.map(|ms| format!("{ms:.0}")).unwrap_or_default();
            let (worker_cpu, cpu, each) = (ms(row.worker_cpu_ms), ms(row.cpu_ms), seconds / f64::from(*jobs));
            writeln!(f, "{jobs:>6} {workers:>8} {seconds:>9.2} {each:>9.3} {thesis:>9} {worker_cpu:>15} {cpu:>6}")?;
        }
        writeln!(f, "the most again, with no worker: {:.2} s", self.known_seconds)?;
        writeln!(f, "the fewest, from no worker at all: {:.2} s", self.from_zero_seconds)?;
        writeln!(f, "the most, one of two workers killed midway: {:.2} s, each object once", self.killed_seconds)?;
        Ok(())
    }
}
