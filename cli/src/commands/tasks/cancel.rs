//! `labelmesh tasks cancel`: gives a task up.

use labelmesh_sdk::{Client, tasks::CancelTaskRequest};

use super::show;
use crate::{exit::Failure, output::Output};

/// Cancel a draft or an open task; nothing more is decided.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks cancel TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let task = client.cancel_task(CancelTaskRequest { task_id: options.task.clone() }).await?;
    show::told(&task, output)
}
