//! `labelmesh tasks resume`: lets a paused operator go on.

use serde_json::json;

use super::submitted;
use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

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

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let ids = [options.task.as_str(), options.operator.as_str()];
    let operator = api.call(&Rpc::RESUME_OPERATOR, &ids, Some(&json!({}))).await;
    let operator = submitted(api, &options.task, operator).await?;
    output.result(&operator, || format!("{} may go on.", options.operator))
}
