//! `labelmesh statistics`: what an operator has done.

use futures::TryStreamExt as _;
use labelmesh_sdk::subtasks::{GetMyStatisticsRequest, TaskStatistics};

use crate::{
    exit::Failure,
    output::{Output, print, print_json, table},
    session::Account,
};

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
    let tasks = account.client()?.get_my_statistics_all(GetMyStatisticsRequest::default());
    let tasks: Vec<TaskStatistics> = tasks.try_collect().await?;
    if output.json {
        return print_json(&tasks);
    }
    if tasks.is_empty() {
        output.note("You have not labeled anything yet. Try: labelmesh work");
        return Ok(());
    }
    let mut rows: Vec<_> = tasks
        .iter()
        .map(|task| row([&task.task_id, &task.title], &counts(task), if task.paused { "paused" } else { "" }))
        .collect();
    let all = tasks.iter().map(counts).fold([0; 6], |sums, task| std::array::from_fn(|at| sums[at] + task[at]));
    rows.push(row(["", "in all"], &all, ""));
    print(&[table(&["id", "task", "votes", "skips", "decided", "agreed", "known", "right", ""], &rows)])
}

/// What is summed up over all tasks.
fn counts(task: &TaskStatistics) -> [u64; 6] {
    [task.votes, task.skips, task.decided, task.agreed, task.gold_answers(), task.gold_right()]
}

fn row(task: [&str; 2], numbers: &[u64; 6], state: &str) -> Vec<String> {
    let numbers = numbers.iter().map(u64::to_string);
    task.map(str::to_owned).into_iter().chain(numbers).chain([state.to_owned()]).collect()
}
