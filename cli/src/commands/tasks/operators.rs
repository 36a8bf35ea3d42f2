//! `labelmesh tasks operators`: what operators were handed, and how they do on gold images.

use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    subtasks::{ListOperatorsRequest, TaskOperator},
};

use super::submitted;
use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when},
};

/// List the operators who were handed images of a task, by pseudonym: how many they have seen and skipped, how often
/// they were right on gold images, and who is paused or excluded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks operators TASK
  labelmesh tasks operators TASK --json | jq -r 'select(.paused) | .operator'")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ListOperatorsRequest { task_id: options.task.clone(), page_size: limit::ALL, ..Default::default() };
    let operators = client.list_operators_all(request).try_collect().await;
    let operators: Vec<TaskOperator> = submitted(client, &options.task, operators).await?;
    if output.json {
        return print_json(&operators);
    }
    if operators.is_empty() {
        output.note("No operator was handed an image of this task yet.");
        return Ok(());
    }
    let rows: Vec<_> = operators.iter().map(row).collect();
    print(&[table(&["operator", "seen", "skipped", "right", "qualified", "paused"], &rows)])
}

fn row(operator: &TaskOperator) -> Vec<String> {
    let right = format!("{}/{}", operator.gold_right, operator.gold_answers);
    let qualified = if operator.qualified { "yes" } else { "no" };
    let paused = match (&operator.excluded_at, operator.paused) {
        (Some(at), _) => format!("excluded since {}", when(Some(at))),
        (None, true) => format!("since {}", when(operator.paused_at.as_ref())),
        (None, false) => "no".to_owned(),
    };
    let (seen, skips) = (operator.images_seen.to_string(), operator.skips.to_string());
    vec![operator.operator.clone(), seen, skips, right, qualified.to_owned(), paused]
}
