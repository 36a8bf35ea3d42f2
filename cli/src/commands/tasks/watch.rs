//! `labelmesh tasks watch`: how far a task has come, until it ends.

use std::time::Duration;

use futures::StreamExt as _;
use indicatif::ProgressBar;
use tokio::time::sleep;

use super::show::trouble;
use crate::{
    api::{self, Api, Progress, Rpc, TaskState, parse},
    exit::{Exit, Failure},
    output::{Output, counted, print},
    progress,
};

/// A stream that broke is followed up after so long.
const PAUSE: Duration = Duration::from_millis(500);
/// After so many breaks without any news it is given up.
const BREAKS: u32 = 20;

/// Watch a task until it has ended; a task that is cancelled ends with exit code 7.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks watch TASK
  labelmesh tasks watch TASK --json      # one object a line, whenever something changed
  labelmesh tasks watch TASK && labelmesh tasks export TASK -o labels.csv")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    until_the_end(api, &options.task, output).await
}

/// Shows the progress until the task has ended.
pub(crate) async fn until_the_end(api: &Api, task: &str, output: Output) -> Result<(), Failure> {
    let bar = progress::bar(output, 0, "decided");
    let last = follow(api, task, |value, progress| {
        show(&bar, progress);
        if output.json {
            print(&[value.to_string()])?;
        }
        Ok(false)
    })
    .await?;
    bar.finish_and_clear();
    let Progress { state, images, decided, .. } = last;
    if !output.json {
        let rest = trouble(last.contested, last.undecided, last.starved);
        print(&[format!("{}: {decided} of {} decided{rest}.", state.name(), counted(images, "image"))])?;
    }
    if state == TaskState::Cancelled {
        return Err(Failure::new(Exit::State, "the task was cancelled"));
    }
    Ok(())
}

/// Follows a task's progress until it has ended or `tell` says that this is enough, over breaks of the stream; returns the
/// last state.
pub(crate) async fn follow(
    api: &Api,
    task: &str,
    mut tell: impl FnMut(&serde_json::Value, &Progress) -> Result<bool, Failure>,
) -> Result<Progress, Failure> {
    let (mut version, mut breaks) = (0, 0);
    loop {
        let query = format!("?after_version={version}");
        let mut states = api.stream(&Rpc::WATCH_TASK, task, &query).await?.boxed();
        while let Some(value) = states.next().await {
            let value = match value {
                Ok(value) => value,
                Err(failure) if api::is_passing(&failure) && breaks < BREAKS => break,
                Err(failure) => return Err(failure),
            };
            let progress: Progress = parse(&value)?;
            (version, breaks) = (progress.version, 0);
            if tell(&value, &progress)? || progress.state.is_over() {
                return Ok(progress);
            }
        }
        breaks += 1;
        sleep(PAUSE).await;
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.images);
    bar.set_position(progress.decided + progress.undecided);
    let rest = trouble(progress.contested, progress.undecided, progress.starved);
    bar.set_message(rest.trim_start_matches(", ").to_owned());
}
