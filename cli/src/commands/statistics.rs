//! `labelmesh statistics`: what an operator has done.

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use crate::{
    api::{Rpc, count, field},
    exit::Failure,
    output::{Output, print, table},
    session::Account,
};

/// What is summed up over all tasks.
const COUNTS: [&str; 6] = ["votes", "skips", "decided", "agreed", "goldAnswers", "goldRight"];

/// Show what you have labeled, by task and in all: how much, and how often as was decided.
///
/// Votes are compared with what was decided before the last midnight (UTC). Known images are told of when a task has
/// ended.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh statistics
  labelmesh statistics --json | jq 'select(.paused) | .title'      # one task a line")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let api = account.api()?;
    let tasks = api.list(&Rpc::MY_STATISTICS, &[], "tasks", usize::MAX);
    let tasks: Vec<Value> = tasks.boxed().try_collect().await?;
    if output.json {
        return print(&tasks.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if tasks.is_empty() {
        output.note("You have not labeled anything yet. Try: labelmesh work");
        return Ok(());
    }
    let mut rows: Vec<_> = tasks
        .iter()
        .map(|task| row([field(task, "taskId"), field(task, "title")], &numbers(task), state(task)))
        .collect();
    let all = COUNTS.map(|name| tasks.iter().map(|task| count(task, name)).sum());
    rows.push(row(["", "in all"], &all, ""));
    print(&[table(&["id", "task", "votes", "skips", "decided", "agreed", "known", "right", ""], &rows)])
}

fn numbers(task: &Value) -> [u64; 6] {
    COUNTS.map(|name| count(task, name))
}

fn state(task: &Value) -> &'static str {
    if task["paused"] == true { "paused" } else { "" }
}

fn row(task: [&str; 2], numbers: &[u64; 6], state: &str) -> Vec<String> {
    let numbers = numbers.iter().map(u64::to_string);
    task.map(str::to_owned).into_iter().chain(numbers).chain([state.to_owned()]).collect()
}
