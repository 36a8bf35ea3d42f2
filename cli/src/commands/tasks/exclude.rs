//! `labelmesh tasks exclude`: takes an operator out of a task, votes and all.

use labelmesh_sdk::{Client, subtasks::ExcludeOperatorRequest};

use super::submitted;
use crate::{exit::Failure, output::Output};

/// Exclude an operator from a task for good: nothing more is handed to them, and their votes count no longer. Images
/// that are open ask others; those that are decided stay so until `labelmesh tasks redecide` decides them again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  labelmesh tasks agreement TASK
  labelmesh tasks exclude TASK 36351b86540a07b6ae6f")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The operator's pseudonym in this task.
    operator: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ExcludeOperatorRequest { task_id: options.task.clone(), operator: options.operator.clone() };
    let operator = submitted(client, &options.task, client.exclude_operator(request).await).await?;
    output.message(&operator, || format!("{} is excluded; none of their votes counts.", options.operator))
}
