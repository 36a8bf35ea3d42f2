//! `labelmesh tasks list`: all tasks, the newest first.

use labelmesh_sdk::{
    Client,
    tasks::{ListTasksRequest, Task},
};

use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when, word},
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

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ListTasksRequest { page_size: limit::page(options.limit), ..ListTasksRequest::default() };
    let mut tasks = limit::first(client.list_tasks_all(request), options.limit).await?;
    limit::cut(&mut tasks, options.limit, output);
    if output.json {
        return print_json(&tasks);
    }
    if tasks.is_empty() {
        output.note("There are no tasks yet. Try: labelmesh tasks create --help");
        return Ok(());
    }
    let row = |task: &Task| {
        let decided = format!("{}/{}", task.decided, task.images);
        let state = word(task.state().as_str_name(), "TASK_STATE_");
        vec![task.task_id.clone(), state, decided, when(task.created_at.as_ref()), task.title.clone()]
    };
    let rows: Vec<_> = tasks.iter().map(row).collect();
    print(&[table(&["task", "state", "decided", "created", "title"], &rows)])
}
