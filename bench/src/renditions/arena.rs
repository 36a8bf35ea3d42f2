//! A system with sources that were uploaded, of which parts are asked for.

use std::{path::PathBuf, pin::pin, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, Role,
    renditions::{
        CreateTransformationRequest, Crop, Focus, GetTransformationRequest, Percent, Point, Spec, Transformation,
        TransformationState, crop, focus, spec,
    },
};
use tokio::time::{Instant, sleep, timeout};

use super::sources::{SIZE, numbered};
use crate::{
    cpu,
    system::{person, settings},
};

/// How many requests are on their way at once.
const AT_ONCE: usize = 64;
/// How many files go into one upload.
const FILES: usize = 10;
/// What has not come to its end after so long for each job, and so long besides, never will.
const LONGEST_A_JOB: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// A system, and who asks it.
pub(super) struct Arena {
    pub(super) cluster: Cluster,
    client: Client,
    sources: Vec<String>,
    /// How many rounds there were. In each another part is asked for, so that none is there already.
    pub(super) rounds: u32,
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) seconds: f64,
    /// Milliseconds of CPU for each picture: of the workers, and of all processes. On Linux alone.
    pub(super) cpu_ms: Option<(f64, f64)>,
}

impl Arena {
    /// Starts the system without a worker, and uploads so many files of the picture.
    pub(super) async fn start(picture: &[u8], files: u32) -> Result<Self> {
        let mut settings = Settings { workers: 0, ..settings()? };
        settings.environment.push(("RENDITIONS_WORKER__AT_ONCE".to_owned(), "1".to_owned()));
        let cluster = Cluster::start(settings).await?;
        let client = person(&Client::new(cluster.gateway())?, "client", Role::Client).await?;
        let start = Instant::now();
        let mut sources = Vec::new();
        for numbers in (0..files).collect::<Vec<_>>().chunks(FILES) {
            let files = numbers.iter().map(|number| numbered(picture, *number)).collect();
            let reports: Vec<_> = client.upload_sources(files).await?.try_collect().await?;
            for report in reports {
                sources.push(report.source.with_context(|| format!("{:?}", report.error))?.sha256);
            }
        }
        eprintln!("{files} files uploaded in {:.1} s", start.elapsed().as_secs_f64());
        Ok(Self { cluster, client, sources, rounds: 0 })
    }

    /// Ends all workers and starts so many new ones.
    pub(super) async fn workers(&self, count: usize) -> Result<()> {
        while self.cluster.workers().await > 0 {
            ensure!(self.cluster.remove_worker().await, "a worker had to be killed");
        }
        for _ in 0..count {
            self.cluster.add_worker().await?;
        }
        self.cluster.workers_ready().await
    }

    /// Asks for so many parts at once that nobody has asked for before, and waits until they are made.
    pub(super) async fn make(&mut self, jobs: u32) -> Result<Run> {
        self.rounds += 1;
        self.again(jobs).await
    }

    /// Asks for the parts of the last round.
    pub(super) async fn again(&self, jobs: u32) -> Result<Run> {
        let longest = LONGEST_A_JOB * jobs + LONGEST;
        let (before, start) = (cpu::used_by_children().ok(), Instant::now());
        let made = timeout(longest, self.made(jobs)).await;
        made.with_context(|| format!("{jobs} jobs have not ended after {} s", longest.as_secs()))??;
        let seconds = start.elapsed().as_secs_f64();
        let spent: Option<Vec<_>> = before.zip(cpu::used_by_children().ok()).map(|(before, after)| {
            cpu::spent(&before, &after)
                .map(|(name, spent)| (name, spent.as_secs_f64() * 1e3 / f64::from(jobs)))
                .collect()
        });
        let cpu_ms = spent.map(|spent| {
            let workers = spent.iter().filter(|(name, _)| name == "worker").map(|(_, ms)| ms).sum();
            (workers, spent.iter().map(|(_, ms)| ms).sum())
        });
        Ok(Run { seconds, cpu_ms })
    }

    async fn made(&self, jobs: u32) -> Result<()> {
        let sources = self.sources.iter().take(jobs as usize);
        let asked = sources.map(|source| async move {
            let spec = Some(self.spec());
            let request = CreateTransformationRequest { source_sha256: source.clone(), spec, ..Default::default() };
            self.client.create_transformation(request).await
        });
        let asked: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
        ensure!(asked.len() == jobs as usize, "{} were asked for", asked.len());
        for mut transformation in asked {
            // What was made before is there at once.
            while is_under_way(&transformation)? {
                let Transformation { transformation_id, .. } = transformation;
                let request = GetTransformationRequest { transformation_id, wait_seconds: 30 };
                transformation = self.client.get_transformation(request).await?;
            }
        }
        Ok(())
    }

    /// The middle of the picture, in each round a row further down.
    fn spec(&self) -> Spec {
        let point = Point { x: SIZE.0 / 2, y: SIZE.1 / 2 + self.rounds };
        let window = Some(crop::Window::Percent(Percent { width: 50, height: 10 }));
        let focus = Some(Focus { place: Some(focus::Place::Point(point)) });
        Spec { kind: Some(spec::Kind::Crop(Crop { window, focus, ..Crop::default() })) }
    }

    /// Kills a worker when so many pictures were stored; returns how many are when all are made.
    pub(super) async fn make_while_one_is_killed(&mut self, jobs: u32) -> Result<(Run, usize)> {
        self.rounds += 1;
        let before = self.stored();
        let kill = async {
            while self.stored() - before < jobs as usize / 3 {
                sleep(Duration::from_millis(20)).await;
            }
            self.cluster.kill_worker(0).await;
        };
        let mut making = pin!(self.again(jobs));
        tokio::select! {
            made = &mut making => {
                made?;
                bail!("all pictures were made before a worker was killed");
            }
            () = kill => {}
        }
        let run = making.await?;
        Ok((run, self.stored() - before))
    }

    /// How many jobs have their pictures stored: each has a folder of them and a description.
    fn stored(&self) -> usize {
        let objects: PathBuf = self.cluster.objects().join("objects/labelmesh/transformations");
        std::fs::read_dir(objects).map_or(0, Iterator::count) / 2
    }
}

/// Whether it is still to be made.
///
/// # Errors
/// If it is neither made nor to be.
fn is_under_way(transformation: &Transformation) -> Result<bool> {
    match transformation.state() {
        TransformationState::Succeeded => Ok(false),
        TransformationState::Queued | TransformationState::Running => Ok(true),
        _ => bail!("{transformation:?}"),
    }
}
