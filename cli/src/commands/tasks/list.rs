//! `labelmesh tasks list`: all tasks, the newest first.

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use crate::{
    api::{Api, Rpc, Task, parse},
    exit::Failure,
    limit,
    output::{Output, print, table, when},
};

/// List your tasks (all for administrators), the newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks list
  labelmesh tasks list --limit 5 --json      # one task a line")]
pub(crate) struct Options {
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = limit::parser())]
    limit: usize,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let tasks = api.list(&Rpc::LIST_TASKS, &[], "tasks", limit::and_one(options.limit));
    let mut tasks: Vec<Value> = tasks.boxed().try_collect().await?;
    limit::cut(&mut tasks, options.limit, output);
    if output.json {
        return print(&tasks.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if tasks.is_empty() {
        output.note("There are no tasks yet. Try: labelmesh tasks create --help");
        return Ok(());
    }
    let row = |task: &Value| {
        let task: Task = parse(task)?;
        let decided = format!("{}/{}", task.decided, task.images);
        Ok(vec![task.task_id, task.state.name().to_owned(), decided, when(&task.created_at), task.title])
    };
    let rows = tasks.iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
    print(&[table(&["task", "state", "decided", "created", "title"], &rows)])
}
