//! `labelmesh tasks resume`: lets a paused operator go on.

use labelmesh_sdk::{Client, subtasks::ResumeOperatorRequest};

use super::submitted;
use crate::{exit::Failure, output::Output};

/// Let an operator go on who was paused in a task; only gold images labeled from now on are judged.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  labelmesh tasks operators TASK
  labelmesh tasks resume TASK 36351b86540a07b6ae6f")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The operator's pseudonym in this task.
    operator: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ResumeOperatorRequest { task_id: options.task.clone(), operator: options.operator.clone() };
    let operator = submitted(client, &options.task, client.resume_operator(request).await).await?;
    output.message(&operator, || format!("{} may go on.", options.operator))
}
