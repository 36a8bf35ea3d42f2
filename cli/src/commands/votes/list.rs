//! `labelmesh votes list`: what an operator has voted.

use std::{io, pin::pin};

use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_sdk::{Client, subtasks::ListMyVotesRequest};

use crate::{
    exit::Failure,
    limit,
    output::{Output, print_json},
};

/// Write what you have voted in a task, the last vote first.
///
/// Of all who voted in it, the task's owner sees the votes with 'labelmesh tasks votes'.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh statistics                        # the tasks
  labelmesh votes list TASK --limit 10
  labelmesh votes list TASK --json            # one object a line

As CSV: image (its id), label, voted_at.")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// No more than so many.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_parser = limit::parser())]
    limit: usize,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let (task_id, page_size) = (options.task.clone(), limit::page(options.limit));
    let votes = client.list_my_votes_all(ListMyVotesRequest { task_id, page_size, page_token: String::new() });
    let mut votes = pin!(votes.err_into::<Failure>().peekable());
    // Whoever is refused gets no heading either.
    if let Some(Err(failure)) = votes.as_mut().peek().await {
        return Err(failure.clone());
    }
    let mut listed = votes.by_ref().take(options.limit);
    if output.json {
        while let Some(vote) = listed.next().await {
            print_json(&[vote?])?;
        }
    } else {
        let mut writer = csv::Writer::from_writer(io::stdout().lock());
        writer.write_record(["image", "label", "voted_at"])?;
        while let Some(vote) = listed.next().await {
            let vote = vote?;
            let voted_at = vote.voted_at.map(|time| time.to_string()).unwrap_or_default();
            writer.write_record([&vote.subtask_id, &vote.label, &voted_at])?;
        }
        writer.flush()?;
    }
    if votes.next().await.transpose()?.is_some() {
        limit::tell(options.limit, output);
    }
    Ok(())
}
