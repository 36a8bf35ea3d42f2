//! How fast recorded votes come in through the REST edge.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use futures::TryStreamExt as _;
use labelmesh_cluster::Cluster;
use labelmesh_sdk::{
    Client, Error, File, Role, Upload,
    subtasks::{ImportVotesSummary, import_votes_response::Said},
    tasks::ListImagesRequest,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::cpu;
use crate::system::{open_task, person, settings};

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How many images there are.
    #[arg(long, default_value_t = 10_000)]
    images: u32,
    /// How many votes each of them gets, all of which it waits for; 50 at most.
    #[arg(long, default_value_t = 20)]
    votes: u32,
    /// How many lines share a request.
    #[arg(long, default_value_t = 10_000)]
    lines: usize,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    votes: u64,
    decided: u64,
    seconds: f64,
    votes_per_second: f64,
    /// CPU seconds, by program; all replicas of a service together.
    cpu_seconds: BTreeMap<String, f64>,
}

/// Starts the system, two replicas of each service, and imports votes until every image is decided.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let cluster = Cluster::start(settings()?).await?;
    let client = person(&Client::new(cluster.gateway())?, "client", Role::Client).await?;
    let task = open_task(&client, 0..options.images, options.votes).await?;
    let listed = ListImagesRequest { task_id: task.clone(), page_size: 1_000, ..ListImagesRequest::default() };
    let images: Vec<String> = client.list_images_all(listed).map_ok(|image| image.image_id).try_collect().await?;
    let votes = u64::from(options.votes) * images.len() as u64;
    let requests = requests(&images, options.votes, options.lines);
    // A file without a vote is taken as soon as all images have arrived.
    while let Err(refused) = import(&client, &task, file(HEADER.to_owned())).await {
        ensure!(matches!(refused.reason(), "NOT_FOUND" | "UNAVAILABLE"), "{refused}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    let (before, start) = (cpu::used_by_children()?, Instant::now());
    let (mut counted, mut decided) = (0, 0);
    for file in requests {
        let said = import(&client, &task, file).await?;
        counted += said.counted;
        decided += said.decided;
    }
    let seconds = start.elapsed().as_secs_f64();
    let after = cpu::used_by_children()?;
    let cpu_seconds = cpu::spent(&before, &after).map(|(name, spent)| (name, spent.as_secs_f64())).collect();
    cluster.stop().await;
    ensure!(counted == votes, "{counted} of {votes} votes count");
    let report = Report { votes, decided, seconds, votes_per_second: votes as f64 / seconds, cpu_seconds };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Imports one file; what became of its lines.
async fn import(client: &Client, task: &str, file: File) -> Result<ImportVotesSummary, Error> {
    let answers = client.import_votes(task, Upload::new().file(file)).await?;
    let said = answers.try_filter_map(async |answer| Ok(answer.said));
    let summary = said.try_fold(ImportVotesSummary::default(), async |summary, said| match said {
        Said::Summary(summary) => Ok(summary),
        Said::Problem(_) => Ok(summary),
    });
    summary.await
}

const HEADER: &str = "image_id,operator,label\n";

/// The votes as files: one operator after the other votes for every image, so that no two votes that are neighbours
/// share an image. Every seventh vote is another label.
fn requests(images: &[String], votes: u32, lines: usize) -> Vec<File> {
    let all: Vec<(u32, &str)> =
        (0..votes).flat_map(|vote| images.iter().map(move |image| (vote, image.as_str()))).collect();
    let lines_of = |part: &[(u32, &str)]| {
        let mut data = HEADER.to_owned();
        for (place, (vote, image)) in part.iter().enumerate() {
            let label = if place % 7 == 0 { "dog" } else { "cat" };
            let _ = writeln!(data, "{image},operator-{vote},{label}");
        }
        file(data)
    };
    all.chunks(lines.max(1)).map(lines_of).collect()
}

fn file(text: String) -> File {
    File { name: "votes.csv".to_owned(), media_type: "text/csv".to_owned(), data: text.into() }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { votes, decided, seconds, votes_per_second, .. } = self;
        writeln!(
            f,
            "{votes} votes imported in {seconds:.1} s, {votes_per_second:.0} a second; {decided} images decided"
        )?;
        writeln!(f, "CPU seconds:")?;
        for (name, seconds) in &self.cpu_seconds {
            writeln!(f, "{name:>12} {seconds:>8.2}")?;
        }
        Ok(())
    }
}
