//! `labelmesh tasks watch`: how far a task has come, until it ends.

use std::{convert::Infallible, time::Duration};

use futures::{StreamExt as _, TryStreamExt as _, future};
use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client,
    tasks::{TaskProgress, TaskState, WatchTaskRequest},
};
use tokio::time::sleep;

use super::{
    is_over,
    show::{trouble, waits},
    unsubmitted,
};
use crate::{
    exit::{Exit, Failure},
    follow::{State, follow_over_breaks},
    output::{Output, counted, print, print_json, word},
    progress,
};

/// After so long people are told what the task waits for, if it can't go on.
const A_WHILE: Duration = Duration::from_secs(10);

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
    let note = |text: &str| bar.suspend(|| output.note(text));
    let told = async {
        sleep(A_WHILE).await;
        // Whether it can be known or not, the task is watched.
        if let Ok(Some(waits)) = waits(client, task).await {
            note(&format!("note: the task waits for operators: {waits}"));
        }
        future::pending::<Infallible>().await
    };
    let last = tokio::select! {
        last = follow(client, task, tell, note) => last?,
        never = told => match never {},
    };
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

impl State for TaskProgress {
    fn version(&self) -> u64 {
        self.version
    }

    fn is_last(&self) -> bool {
        is_over(self.state())
    }
}

fn show(bar: &ProgressBar, progress: &TaskProgress) {
    bar.set_length(progress.images);
    bar.set_position(progress.decided + progress.undecided);
    let rest = trouble(progress.contested, progress.undecided, progress.starved);
    bar.set_message(rest.trim_start_matches(", ").to_owned());
}
