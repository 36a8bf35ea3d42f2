//! `labelmesh tasks pause`: hands an operator nothing more of a task.

use labelmesh_sdk::{Client, subtasks::PauseOperatorRequest};

use super::submitted;
use crate::{exit::Failure, output::Output};

/// Pause an operator in a task: what they hold goes back, and nothing more is handed to them until they are resumed.
/// Their votes count as before.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  labelmesh tasks operators TASK
  labelmesh tasks pause TASK 36351b86540a07b6ae6f")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The operator's pseudonym in this task.
    operator: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = PauseOperatorRequest { task_id: options.task.clone(), operator: options.operator.clone() };
    let operator = submitted(client, &options.task, client.pause_operator(request).await).await?;
    output.message(&operator, || format!("{} is paused.", options.operator))
}
