//! `labelmesh open`: the tasks that are open to an operator.

use futures::TryStreamExt as _;
use labelmesh_sdk::subtasks::{ListOpenTasksRequest, OpenTask};

use crate::{
    exit::Failure,
    output::{Output, print, print_json, table},
    session::Account,
};

/// Images are counted up to this number.
const COUNTED: u32 = 1_000;

/// List the open tasks whose images may be handed to you, the newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh open
  labelmesh open --json | jq -r .title")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let tasks = account.client()?.list_open_tasks_all(ListOpenTasksRequest::default());
    let tasks: Vec<OpenTask> = tasks.try_collect().await?;
    if output.json {
        return print_json(&tasks);
    }
    if tasks.is_empty() {
        output.note("No task is open to you: a client has to invite you. Try: labelmesh groups invitations");
        return Ok(());
    }
    let row = |task: &OpenTask| {
        let more = if task.images_left >= COUNTED { " or more" } else { "" };
        let left = format!("{}{more}", task.images_left);
        vec![task.task_id.clone(), task.title.clone(), left, if task.paused { "paused" } else { "" }.to_owned()]
    };
    print(&[table(&["id", "task", "images left", ""], &tasks.iter().map(row).collect::<Vec<_>>())])
}
