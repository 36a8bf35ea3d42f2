//! `labelmesh tasks gold`: images whose label is known.

use std::path::PathBuf;

use labelmesh_records::{ITEM, NAME, TRUTH};
use labelmesh_sdk::{
    Client,
    tasks::{GoldImage, SetGoldRequest, SetGoldResponse},
};
use labelmesh_visible::find;

use super::task;
use crate::{
    commands::import::{Album, refused},
    exit::Failure,
    output::{Output, counted},
    votes::{Layout, open, rows},
};

/// So many images are named in one call.
const MOST: usize = 1000;

/// Name images of a draft whose label is known. They are mixed in among the others, and show how well operators label.
///
/// FILE is CSV with a header that names item and truth (or label), or JSON Lines with the same fields. An item is an
/// image of the task: its name, its name without the ending, or its id.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks gold TASK known.csv
  labelmesh tasks operators TASK            # how operators did on them

How often an operator must be right, and how many must be right before other images come, is said at creation:
--gold-share, --gold-accuracy, --qualification of tasks create.")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The known labels; '-' is standard input.
    file: PathBuf,
    #[command(flatten)]
    layout: Layout,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let album = Album::of(client, &options.task).await?;
    let labels = task(client, &options.task).await?.labels;
    let mut gold = Vec::new();
    let Layout { item, label, .. } = options.layout.clone();
    let columns = [ITEM.called(item), TRUTH.called(label), NAME];
    let problems = rows(open(&options.file)?, columns, options.layout.options(), |row| {
        let [item, label] = row.texts();
        let known = find(&labels, label).ok_or_else(|| format!("'{label}' is not one of the task's labels"))?;
        let image_id = album.find_either(item, row.get(2))?.to_owned();
        gold.push(GoldImage { image_id, label: labels[known].clone() });
        Ok(())
    })?;
    let mut answer = SetGoldResponse::default();
    for part in gold.chunks(MOST) {
        answer = client.set_gold(SetGoldRequest { task_id: options.task.clone(), gold: part.to_vec() }).await?;
    }
    output.message(&answer, || format!("The task has {}.", counted(answer.gold, "gold image")))?;
    refused(&problems, &options.file.display().to_string(), gold.len()).map_or(Ok(()), Err)
}
