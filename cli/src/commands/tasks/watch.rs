//! `labelmesh tasks watch`: how far a task has come, until it ends.

use std::time::Duration;

use futures::{StreamExt as _, stream::BoxStream};
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::time::sleep;

use super::show::trouble;
use crate::{
    api::{self, Api, Progress, Rpc, TaskState, parse},
    exit::{Exit, Failure},
    output::{Output, counted, print},
    progress,
};

/// A stream that broke or ended is followed up after so long.
const PAUSE: Duration = Duration::from_millis(500);
/// After so many of them in a row without any news it is given up. One that goes on tells at least that nothing is new.
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
    drop(bar);
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
    tell: impl FnMut(&Value, &Progress) -> Result<bool, Failure>,
) -> Result<Progress, Failure> {
    let open = async |version| {
        let query = format!("?after_version={version}");
        Ok(api.stream(&Rpc::WATCH_TASK, task, &query).await?.boxed())
    };
    follow_over_breaks(open, tell).await
}

/// Follows streams of the states behind a version, each opened when the one before is over.
async fn follow_over_breaks(
    mut open: impl AsyncFnMut(u64) -> Result<BoxStream<'static, Result<Value, Failure>>, Failure>,
    mut tell: impl FnMut(&Value, &Progress) -> Result<bool, Failure>,
) -> Result<Progress, Failure> {
    let (mut version, mut breaks) = (0, 0);
    loop {
        let mut states = open(version).await?;
        let mut broke = Failure::new(Exit::Unavailable, "the server ends the news of the task again and again");
        while let Some(value) = states.next().await {
            let value = match value {
                Ok(value) => value,
                Err(failure) if api::is_passing(&failure) => {
                    broke = failure;
                    break;
                }
                Err(failure) => return Err(failure),
            };
            let progress: Progress = parse(&value)?;
            (version, breaks) = (progress.version, 0);
            if tell(&value, &progress)? || progress.state.is_over() {
                return Ok(progress);
            }
        }
        breaks += 1;
        if breaks > BREAKS {
            return Err(broke);
        }
        sleep(PAUSE).await;
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.images);
    bar.set_position(progress.decided + progress.undecided);
    let rest = trouble(progress.contested, progress.undecided, progress.starved);
    bar.set_message(rest.trim_start_matches(", ").to_owned());
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use serde_json::json;

    use super::*;

    fn lost() -> Failure {
        Failure::new(Exit::Unavailable, "lost")
    }

    /// Follows streams that all bring the same; the failure, and how many there were.
    async fn endless(each: &[Result<Value, Failure>]) -> (Failure, u32) {
        let mut opened = 0;
        let open = async |_| {
            opened += 1;
            Ok(stream::iter(each.to_vec()).boxed())
        };
        let failure = follow_over_breaks(open, |_, _| Ok(false)).await.expect_err("an end");
        (failure, opened)
    }

    #[tokio::test(start_paused = true)]
    async fn streams_that_bring_nothing_are_given_up_however_they_end() {
        let (ended, opened) = endless(&[]).await;
        assert_eq!((ended.exit, opened), (Exit::Unavailable, BREAKS + 1));
        let (broken, opened) = endless(&[Err(lost())]).await;
        assert_eq!((broken, opened), (lost(), BREAKS + 1));
    }

    #[tokio::test(start_paused = true)]
    async fn news_make_up_for_the_breaks_before() {
        let open = async |version: u64| {
            let state = if version == u64::from(2 * BREAKS) { "TASK_STATE_COMPLETED" } else { "TASK_STATE_OPEN" };
            let news = json!({"version": (version + 1).to_string(), "state": state});
            Ok(stream::iter([Ok(news), Err(lost())]).boxed())
        };
        let last = follow_over_breaks(open, |_, _| Ok(false)).await.expect("the end of the task");
        assert_eq!((last.version, last.state), (u64::from(2 * BREAKS) + 1, TaskState::Completed));
    }
}
