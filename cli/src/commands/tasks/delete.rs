//! `labelmesh tasks delete`: removes tasks for good.

use labelmesh_sdk::{Client, tasks::DeleteTaskRequest};
use serde_json::json;

use crate::{exit::Failure, output::Output};

/// Delete tasks that are not open, with their images, votes and decisions, for good.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks export TASK -o labels.csv && labelmesh tasks delete TASK
  labelmesh tasks usage                        # what is left of your quotas")]
pub(crate) struct Options {
    /// The tasks' ids.
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    for task in &options.tasks {
        client.delete_task(DeleteTaskRequest { task_id: task.clone() }).await?;
        output.result(&json!({"taskId": task, "deleted": true}), || format!("{task} deleted"))?;
    }
    Ok(())
}
