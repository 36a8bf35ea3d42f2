//! `labelmesh tasks votes`: who voted for what, by pseudonym.

use std::{collections::HashMap, io};

use clap::ValueEnum;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_sdk::{Client, subtasks::ListVotesRequest};

use super::{images, submitted};
use crate::{
    exit::Failure,
    limit,
    output::{Output, json, print},
};

/// Write the votes of a task in the order in which they were given; operators go by pseudonyms.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks votes TASK > votes.csv
  labelmesh tasks votes TASK | labelmesh consensus -
  labelmesh tasks votes TASK --json      # one object a line

As CSV: item (the image's name), worker, label, voted_at, surplus (true where it came too late to count). As JSON the
fields of the contract and item. Both come back in by votes import, into another task of the same images too.")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// How to write them; --json means the same as --format json-lines.
    #[arg(long, default_value = "csv")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line a vote.
    Csv,
    /// One object a line, as the contract has it, and the image's name as its item.
    JsonLines,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ListVotesRequest { task_id: options.task.clone(), page_size: limit::ALL, page_token: String::new() };
    let mut votes = client.list_votes_all(request);
    // Whoever is refused gets no heading either.
    let first = submitted(client, &options.task, votes.try_next().await).await?;
    let mut votes = stream::iter(first.map(Ok)).chain(votes);
    let images = images(client, &options.task);
    let names: HashMap<String, String> = images.map_ok(|image| (image.image_id, image.name)).try_collect().await?;
    let name = |subtask_id: &str| names.get(subtask_id).map_or(subtask_id, String::as_str).to_owned();
    if output.json || options.format == Format::JsonLines {
        while let Some(vote) = votes.try_next().await? {
            let mut line = json(&vote);
            line["item"] = name(&vote.subtask_id).into();
            print(&[line.to_string()])?;
        }
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    writer.write_record(["item", "worker", "label", "voted_at", "surplus"])?;
    while let Some(vote) = votes.try_next().await? {
        let name = name(&vote.subtask_id);
        let voted_at = vote.voted_at.map(|time| time.to_string()).unwrap_or_default();
        let surplus = if vote.surplus { "true" } else { "false" };
        writer.write_record([name.as_str(), &vote.operator, &vote.label, &voted_at, surplus])?;
    }
    Ok(writer.flush()?)
}
