//! `labelmesh tasks watch`: how far a task has come, until it ends.

use std::time::Duration;

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{show::trouble, unsubmitted};
use crate::{
    api::{self, Api, Progress, Rpc, TaskState, parse},
    exit::{Exit, Failure},
    output::{Output, counted, print},
    progress,
};

/// A stream that broke or ended is followed up after so long; the wait doubles while there are no news, up to the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// After so long without news people are told that it is tried again.
const SILENCE: Duration = Duration::from_secs(5);
/// After so long it is given up. The server sends a state now and then even if nothing is new.
const PATIENCE: Duration = Duration::from_mins(10);

/// Watch a task until it has ended; a draft, or a task that is cancelled, ends with exit code 7.
///
/// A server that can't be reached meanwhile is waited for, up to ten minutes.
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
    if let Some(failure) = unsubmitted(api, &options.task).await? {
        return Err(failure);
    }
    until_the_end(api, &options.task, output).await
}

/// Shows the progress until the task has ended.
pub(crate) async fn until_the_end(api: &Api, task: &str, output: Output) -> Result<(), Failure> {
    let bar = progress::bar(output, 0, "decided");
    let tell = |value: &Value, progress: &Progress| {
        show(&bar, progress);
        if output.json {
            print(&[value.to_string()])?;
        }
        Ok(false)
    };
    let last = follow(api, task, tell, |text| bar.suspend(|| output.note(text))).await?;
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
/// last state. `note` hears of long ones.
pub(crate) async fn follow(
    api: &Api,
    task: &str,
    tell: impl FnMut(&Value, &Progress) -> Result<bool, Failure>,
    note: impl Fn(&str),
) -> Result<Progress, Failure> {
    let open = async |version| {
        let query = format!("?after_version={version}");
        Ok(api.stream(&Rpc::WATCH_TASK, task, &query).await?.boxed())
    };
    follow_over_breaks(open, tell, note).await
}

/// Follows streams of the states behind a version, each opened when the one before is over. Only the first must open: who
/// was never reached may be elsewhere.
async fn follow_over_breaks(
    mut open: impl AsyncFnMut(u64) -> Result<BoxStream<'static, Result<Value, Failure>>, Failure>,
    mut tell: impl FnMut(&Value, &Progress) -> Result<bool, Failure>,
    note: impl Fn(&str),
) -> Result<Progress, Failure> {
    let (mut version, mut pause) = (0, PAUSE);
    let (mut away, mut noted) = (None, false);
    let mut states = open(version).await?;
    loop {
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
            if noted {
                note("The server is back.");
            }
            let progress: Progress = parse(&value)?;
            (version, pause, away, noted) = (progress.version, PAUSE, None, false);
            if tell(&value, &progress)? || progress.state.is_over() {
                return Ok(progress);
            }
        }
        let since = *away.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE {
            return Err(broke.remedy("the same again, when the server is back: nothing is lost"));
        }
        if since.elapsed() > SILENCE && !noted {
            let minutes = PATIENCE.as_secs() / 60;
            note(&format!("The server is away ({}). Trying again for {minutes} minutes.", broke.message));
            noted = true;
        }
        sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
        states = open(version).await.unwrap_or_else(|failure| stream::iter([Err(failure)]).boxed());
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
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    fn lost() -> Failure {
        Failure::new(Exit::Unavailable, "lost")
    }

    fn news(version: u64, state: &str) -> Result<Value, Failure> {
        Ok(json!({"version": version.to_string(), "state": format!("TASK_STATE_{state}")}))
    }

    /// Follows one state and then streams that all bring the same; the failure, and how long it took.
    async fn endless(each: Result<&[Result<Value, Failure>], Failure>) -> (Failure, Duration) {
        let (begun, mut opened) = (Instant::now(), 0);
        let open = async |_| {
            opened += 1;
            if opened == 1 {
                return Ok(stream::iter([news(1, "OPEN")]).boxed());
            }
            each.clone().map(|each| stream::iter(each.to_vec()).boxed())
        };
        let failure = follow_over_breaks(open, |_, _| Ok(false), |_| {}).await.expect_err("an end");
        (failure, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_without_news_is_waited_for_a_while_however_it_fails() {
        for each in [Ok(&[] as &[_]), Ok(&[Err(lost())]), Err(lost())] {
            let (failure, took) = endless(each).await;
            assert_eq!(failure.exit, Exit::Unavailable);
            assert!(took > PATIENCE && took <= PATIENCE + 2 * LONGEST_PAUSE, "{took:?}");
        }
        let refused = Failure::new(Exit::NotSignedIn, "no");
        let (failure, took) = endless(Err(refused.clone())).await;
        assert!(failure == refused && took <= PAUSE, "what does not pass is not waited for: {failure}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_never_reached_is_not_waited_for() {
        let begun = Instant::now();
        let failed = follow_over_breaks(async |_| Err(lost()), |_, _| Ok(false), |_| {}).await;
        assert_eq!((failed.map(|last| last.version), begun.elapsed()), (Err(lost()), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn news_make_up_for_the_breaks_before() {
        let (notes, begun) = (RefCell::new(Vec::new()), Instant::now());
        // Away for nine minutes, twice.
        let open = async |version: u64| match (version, begun.elapsed().as_secs() / 60) {
            (0, _) => Ok(stream::iter([news(1, "OPEN"), Err(lost())]).boxed()),
            (1, 9..) => Ok(stream::iter([news(2, "OPEN")]).boxed()),
            (2, 18..) => Ok(stream::iter([news(3, "COMPLETED")]).boxed()),
            _ => Err(lost()),
        };
        let note = |text: &str| notes.borrow_mut().push(text.to_owned());
        let last = follow_over_breaks(open, |_, _| Ok(false), note).await.expect("the end of the task");
        assert_eq!((last.version, last.state), (3, TaskState::Completed));
        let (away, back) = ("The server is away (lost). Trying again for 10 minutes.", "The server is back.");
        assert_eq!(notes.take(), [away, back, away, back]);
    }
}
