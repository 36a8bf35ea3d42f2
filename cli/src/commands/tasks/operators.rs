//! `labelmesh tasks operators`: how operators do on gold images.

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::submitted;
use crate::{
    api::{Api, Rpc, count, field},
    exit::Failure,
    output::{Output, print, table, when},
};

/// List the operators who labeled gold images of a task, by pseudonym: how often they were right, and who is paused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks operators TASK
  labelmesh tasks operators TASK --json | jq -r 'select(.paused) | .operator'")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let operators = api.list(&Rpc::LIST_OPERATORS, &[&options.task], "operators", usize::MAX);
    let operators: Vec<Value> = submitted(api, &options.task, operators.boxed().try_collect().await).await?;
    if output.json {
        return print(&operators.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if operators.is_empty() {
        output.note("No operator has labeled a gold image of this task yet.");
        return Ok(());
    }
    let rows: Vec<_> = operators.iter().map(row).collect();
    print(&[table(&["operator", "right", "qualified", "paused"], &rows)])
}

fn row(operator: &Value) -> Vec<String> {
    let right = format!("{}/{}", count(operator, "goldRight"), count(operator, "goldAnswers"));
    let qualified = if operator["qualified"] == true { "yes" } else { "no" };
    let paused =
        if operator["paused"] == true { format!("since {}", when(field(operator, "pausedAt"))) } else { "no".into() };
    vec![field(operator, "operator").to_owned(), right, qualified.to_owned(), paused]
}
