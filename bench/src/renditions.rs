//! How fast pictures are made: the protocol of M. Kruisz's thesis (TU Wien 2020, section 5.1.2) through the REST edge.
//! So many crops of 50 % x 10 % are asked for at once, each of a source of its own, and it is measured when all are
//! made.

use std::{fmt, io::Cursor, process::ExitCode};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use image::{ImageFormat, RgbImage};
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, File, Role,
    renditions::{
        CreateTransformationRequest, Crop, GetTransformationRequest, Percent, Spec, TransformationState, crop, spec,
    },
};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::system::{person, settings};

/// The picture of which parts are cut out: 12 megapixels.
const SIZE: (u32, u32) = (4_000, 3_000);
/// How many requests are on their way at once.
const AT_ONCE: usize = 64;
/// How many files go into one upload.
const FILES: usize = 10;
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
    #[arg(long, default_value_t = 10)]
    runs: u32,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
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
    /// The mean of all runs.
    seconds: f64,
    /// What the thesis has.
    thesis_seconds: Option<f64>,
}

/// Measures each number of jobs with each number of workers, in a system that is started anew each time.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let picture = picture()?;
    let mut rows = Vec::new();
    for &workers in &options.workers {
        for &jobs in &options.jobs {
            let mut seconds = 0.0;
            for _ in 0..options.runs {
                let bench = Bench::start(workers, jobs, &picture).await?;
                seconds += bench.made(jobs).await?;
                bench.cluster.stop().await;
            }
            let seconds = seconds / f64::from(options.runs.max(1));
            let of_thesis = THESIS.iter().find(|(of, _)| *of == jobs);
            let thesis_seconds = of_thesis.and_then(|(_, figures)| figures.get(workers.wrapping_sub(1)).copied());
            rows.push(Row { jobs, workers, seconds, thesis_seconds });
        }
    }
    let (least, most) = (options.jobs.iter().min(), options.jobs.iter().max());
    let (least, most) = (*least.context("a number of jobs")?, *most.context("a number of jobs")?);
    let report = Report {
        source_bytes: picture.len(),
        rows,
        known_seconds: known(most, &picture).await?,
        from_zero_seconds: from_zero(least, &picture).await?,
        killed_seconds: killed(most, &picture).await?,
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The same pictures again, after they were made and with nobody to make them.
async fn known(jobs: u32, picture: &[u8]) -> Result<f64> {
    let bench = Bench::start(2, jobs, picture).await?;
    bench.made(jobs).await?;
    while bench.cluster.workers().await > 0 {
        ensure!(bench.cluster.remove_worker().await, "a worker stops when it is asked to");
    }
    let seconds = bench.made(jobs).await?;
    bench.cluster.stop().await;
    Ok(seconds)
}

/// Pictures that are asked for while there is no worker; one is started at that moment.
async fn from_zero(jobs: u32, picture: &[u8]) -> Result<f64> {
    let bench = Bench::start(0, jobs, picture).await?;
    let start = Instant::now();
    let (made, worker) = tokio::join!(bench.made(jobs), bench.cluster.add_worker());
    made?;
    worker?;
    let seconds = start.elapsed().as_secs_f64();
    bench.cluster.stop().await;
    Ok(seconds)
}

/// Pictures of which one of two workers is killed midway: all are made, each object once.
async fn killed(jobs: u32, picture: &[u8]) -> Result<f64> {
    let bench = Bench::start(2, jobs, picture).await?;
    let objects = bench.cluster.objects().join("labelmesh/transformations");
    let made = || std::fs::read_dir(&objects).map_or(0, Iterator::count) / 2;
    let kill = async {
        while made() < jobs as usize / 3 {
            sleep(std::time::Duration::from_millis(20)).await;
        }
        bench.cluster.kill_worker(0).await;
    };
    let (seconds, ()) = tokio::join!(bench.made(jobs), kill);
    let seconds = seconds?;
    ensure!(made() == jobs as usize, "{} pictures of {jobs} were stored", made());
    bench.cluster.stop().await;
    Ok(seconds)
}

/// A system with sources that were uploaded.
struct Bench {
    cluster: Cluster,
    client: Client,
    sources: Vec<String>,
}

impl Bench {
    async fn start(workers: usize, jobs: u32, picture: &[u8]) -> Result<Self> {
        let mut settings = Settings { workers, ..settings()? };
        settings.environment.push(("RENDITIONS_WORKER__AT_ONCE".to_owned(), "1".to_owned()));
        let cluster = Cluster::start(settings).await?;
        let client = person(&Client::new(cluster.gateway())?, "client", Role::Client).await?;
        let mut sources = Vec::new();
        for numbers in (0..jobs).collect::<Vec<_>>().chunks(FILES) {
            let files = numbers.iter().map(|number| numbered(picture, *number)).collect();
            let reports: Vec<_> = client.upload_sources(files).await?.try_collect().await?;
            for report in reports {
                sources.push(report.source.with_context(|| format!("{:?}", report.error))?.sha256);
            }
        }
        Ok(Self { cluster, client, sources })
    }

    /// Asks for all of them at once, and returns after how many seconds they are made.
    async fn made(&self, jobs: u32) -> Result<f64> {
        let start = Instant::now();
        let ids = stream::iter(&self.sources).map(|source| async move {
            let window = Some(crop::Window::Percent(Percent { width: 50, height: 10 }));
            let spec = Some(Spec { kind: Some(spec::Kind::Crop(Crop { window, ..Crop::default() })) });
            let request = CreateTransformationRequest { source_sha256: source.clone(), spec, ..Default::default() };
            Ok::<_, labelmesh_sdk::Error>(self.client.create_transformation(request).await?.transformation_id)
        });
        let ids: Vec<String> = ids.buffer_unordered(AT_ONCE).try_collect().await?;
        ensure!(ids.len() == jobs as usize, "{} were asked for", ids.len());
        for transformation_id in ids {
            loop {
                let request =
                    GetTransformationRequest { transformation_id: transformation_id.clone(), wait_seconds: 30 };
                let found = self.client.get_transformation(request).await?;
                match found.state() {
                    TransformationState::Succeeded => break,
                    TransformationState::Queued | TransformationState::Running => {}
                    _ => anyhow::bail!("{found:?}"),
                }
            }
        }
        Ok(start.elapsed().as_secs_f64())
    }
}

/// A photo, as far as a decoder is concerned: gradients, edges and some noise.
fn picture() -> Result<Vec<u8>> {
    let mut noise = 0_u32;
    let pixels = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (noise >> 28) as u8;
        let edge = if (x / 160 + y / 120) % 2 == 0 { 40 } else { 0 };
        image::Rgb([(x / 24) as u8 + grain, (y / 18) as u8 + edge, ((x + y) / 40) as u8 + grain])
    });
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

/// The same picture in a file of its own: a comment with a number stands behind the first marker (ITU T.81, B.2.4.5).
fn numbered(picture: &[u8], number: u32) -> File {
    let (start, rest) = picture.split_at(2);
    let comment = [&[0xff, 0xfe, 0, 6], number.to_be_bytes().as_slice()].concat();
    let data = Bytes::from([start, &comment, rest].concat());
    File { name: format!("{number}.jpg"), media_type: "image/jpeg".to_owned(), data }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = SIZE;
        writeln!(
            f,
            "Crops of 50 % x 10 % of a JPEG of {width} x {height}, {} bytes, each of a file of its own",
            self.source_bytes
        )?;
        writeln!(f, "{:>6} {:>8} {:>9} {:>9} {:>9}", "jobs", "workers", "seconds", "a job", "thesis")?;
        for Row { jobs, workers, seconds, thesis_seconds } in &self.rows {
            let thesis = thesis_seconds.map(|seconds| format!("{seconds:.2}")).unwrap_or_default();
            writeln!(f, "{jobs:>6} {workers:>8} {seconds:>9.2} {:>9.3} {thesis:>9}", seconds / f64::from(*jobs))?;
        }
        writeln!(f, "the most again, with no worker: {:.2} s", self.known_seconds)?;
        writeln!(f, "the fewest, from no worker at all: {:.2} s", self.from_zero_seconds)?;
        writeln!(f, "the most, one of two workers killed midway: {:.2} s, each object once", self.killed_seconds)
    }
}
