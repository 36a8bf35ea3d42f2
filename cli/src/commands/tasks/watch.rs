//! `labelmesh tasks watch`: how far a task has come, until it ends.

use std::time::Duration;

use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client,
    tasks::{TaskProgress, TaskState, WatchTaskRequest},
};
use tokio::time::{Instant, sleep};

use super::{is_over, show::trouble, unsubmitted};
use crate::{
    exit::{Exit, Failure},
    output::{Output, counted, print, print_json, word},
    progress,
};

/// A stream that broke or ended is followed up after so long; the wait doubles while there are no news, up to the
/// longest.
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

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    if let Some(failure) = unsubmitted(client, &options.task).await? {
        return Err(failure);
    }
    until_the_end(client, &options.task, output).await
}

/// Shows the progress until the task has ended.
pub(crate) async fn until_the_end(client: &Client, task: &str, output: Output) -> Result<(), Failure> {
    let bar = progress::bar(output, 0, "decided");
    let tell = |progress: &TaskProgress| {
        show(&bar, progress);
        if output.json {
            print_json(std::slice::from_ref(progress))?;
        }
        Ok(false)
    };
    let last = follow(client, task, tell, |text| bar.suspend(|| output.note(text))).await?;
    drop(bar);
    if !output.json {
        let state = word(last.state().as_str_name(), "TASK_STATE_");
        let rest = trouble(last.contested, last.undecided, last.starved);
        print(&[format!("{state}: {} of {} decided{rest}.", last.decided, counted(last.images, "image"))])?;
    }
    if last.state() == TaskState::Cancelled {
        return Err(Failure::new(Exit::State, "the task was cancelled"));
    }
    Ok(())
}

/// Follows a task's progress until it has ended or `tell` says that this is enough, over breaks of the stream; returns
/// the last state. `note` hears of long ones.
pub(crate) async fn follow(
    client: &Client,
    task: &str,
    tell: impl FnMut(&TaskProgress) -> Result<bool, Failure>,
    note: impl Fn(&str),
) -> Result<TaskProgress, Failure> {
    let open = async |after_version| {
        let request = WatchTaskRequest { task_id: task.to_owned(), after_version };
        Ok(client.watch_task(request).await?.err_into().boxed())
    };
    follow_over_breaks(open, tell, note).await
}

/// Follows streams of the states behind a version, each opened when the one before is over. Only the first must open:
/// who was never reached may be elsewhere.
async fn follow_over_breaks(
    mut open: impl AsyncFnMut(u64) -> Result<BoxStream<'static, Result<TaskProgress, Failure>>, Failure>,
    mut tell: impl FnMut(&TaskProgress) -> Result<bool, Failure>,
    note: impl Fn(&str),
) -> Result<TaskProgress, Failure> {
    let (mut version, mut pause) = (0, PAUSE);
    let (mut away, mut noted) = (None, false);
    let mut states = open(version).await?;
    loop {
        let mut broke = Failure::new(Exit::Unavailable, "the server ends the news of the task again and again");
        while let Some(state) = states.next().await {
            let progress = match state {
                Ok(progress) => progress,
                Err(failure) if failure.is_passing() => {
                    broke = failure;
                    break;
                }
                Err(failure) => return Err(failure),
            };
            if noted {
                note("The server is back.");
            }
            (version, pause, away, noted) = (progress.version, PAUSE, None, false);
            if tell(&progress)? || is_over(progress.state()) {
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

fn show(bar: &ProgressBar, progress: &TaskProgress) {
    bar.set_length(progress.images);
    bar.set_position(progress.decided + progress.undecided);
    let rest = trouble(progress.contested, progress.undecided, progress.starved);
    bar.set_message(rest.trim_start_matches(", ").to_owned());
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn lost() -> Failure {
        Failure::new(Exit::Unavailable, "lost")
    }

    fn news(version: u64, state: TaskState) -> Result<TaskProgress, Failure> {
        Ok(TaskProgress { version, state: state.into(), ..TaskProgress::default() })
    }

    /// Follows one state and then streams that all bring the same; the failure, and how long it took.
    async fn endless(each: Result<&[Result<TaskProgress, Failure>], Failure>) -> (Failure, Duration) {
        let (begun, mut opened) = (Instant::now(), 0);
        let open = async |_| {
            opened += 1;
            if opened == 1 {
                return Ok(stream::iter([news(1, TaskState::Open)]).boxed());
            }
            each.clone().map(|each| stream::iter(each.to_vec()).boxed())
        };
        let failure = follow_over_breaks(open, |_| Ok(false), |_| {}).await.expect_err("an end");
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
        let failed = follow_over_breaks(async |_| Err(lost()), |_| Ok(false), |_| {}).await;
        assert_eq!((failed.map(|last| last.version), begun.elapsed()), (Err(lost()), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn news_make_up_for_the_breaks_before() {
        let (notes, begun) = (RefCell::new(Vec::new()), Instant::now());
        // Away for nine minutes, twice.
        let open = async |version: u64| match (version, begun.elapsed().as_secs() / 60) {
            (0, _) => Ok(stream::iter([news(1, TaskState::Open), Err(lost())]).boxed()),
            (1, 9..) => Ok(stream::iter([news(2, TaskState::Open)]).boxed()),
            (2, 18..) => Ok(stream::iter([news(3, TaskState::Completed)]).boxed()),
            _ => Err(lost()),
        };
        let note = |text: &str| notes.borrow_mut().push(text.to_owned());
        let last = follow_over_breaks(open, |_| Ok(false), note).await.expect("the end of the task");
        assert_eq!((last.version, last.state()), (3, TaskState::Completed));
        let (away, back) = ("The server is away (lost). Trying again for 10 minutes.", "The server is back.");
        assert_eq!(notes.take(), [away, back, away, back]);
    }
}
