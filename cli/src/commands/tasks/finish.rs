//! `labelmesh tasks finish`: ends a task with the votes at hand.

use labelmesh_sdk::{Client, tasks::FinishTaskRequest};

use super::show;
use crate::{exit::Failure, output::Output};

/// End an open task with the votes at hand; images without votes are reported undecided.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks finish TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let task = client.finish_task(FinishTaskRequest { task_id: options.task.clone() }).await?;
    show::told(&task, output)
}
